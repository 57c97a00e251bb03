// Bundles every src/**/*.test.ts for Node and runs them with its test runner. Arguments choose files by part of their name.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { root } from './root.mjs';

const chosen = process.argv.slice(2);
const tests = readdirSync(root('src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => chosen.length === 0 || chosen.some((part) => file.includes(part)));
const outdir = root('target/tests');
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: tests.map((file) => root(`src/${file}`)),
  outbase: root('src'),
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
});
const compiled = tests.map((file) => `${outdir}/${file.replace(/\.ts$/, '.mjs')}`);
// One report for people, one for whoever sums up all tests.
mkdirSync(root('target/node-reports'), { recursive: true });
const reporters = [
  ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
  ...['--test-reporter=junit', `--test-reporter-destination=${root('target/node-reports/TEST-node.xml')}`],
];
const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...reporters, ...compiled], {
  cwd: root('.'),
  stdio: 'inherit',
});
process.exitCode = run.status ?? 1;
