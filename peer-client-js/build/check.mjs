// Types, format and layers; anything wrong fails.
import { spawnSync } from 'node:child_process';
import { layerViolations } from './layers.mjs';
import { root } from './root.mjs';

const checks = [
  ['tsc', '--project', 'tsconfig.json'],
  ['tsc', '--project', 'tsconfig.worker.json'],
  ['tsc', '--project', 'tsconfig.test.json'],
  ['prettier', '--check', '--log-level=warn', '.'],
];
const results = checks.map(([tool, ...args]) =>
  spawnSync(root(`node_modules/.bin/${tool}`), args, { cwd: root('.'), stdio: 'inherit' }),
);
const violations = layerViolations();
violations.forEach((violation) => console.error(violation));
process.exitCode = violations.length > 0 || results.some((result) => result.status !== 0) ? 1 : 0;
