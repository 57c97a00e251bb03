// Runs `npm ci` unless node_modules already is what package-lock.json asks for, and puts the workerd binary at the
// path named by the first argument.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2];

const stamp = join(here, 'node_modules', '.gyre-lock');
const wanted = createHash('sha256')
  .update(readFileSync(join(here, 'package-lock.json')))
  .digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  execFileSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], { cwd: here, stdio: 'inherit' });
  writeFileSync(stamp, wanted);
}

const architecture = { x64: '64', arm64: 'arm64' }[process.arch];
const binary = createRequire(import.meta.url).resolve(
  `@cloudflare/workerd-${process.platform}-${architecture}/bin/workerd`,
);
if (!existsSync(target) || statSync(target).ino !== statSync(binary).ino) {
  mkdirSync(dirname(target), { recursive: true });
  rmSync(target, { force: true });
  try {
    linkSync(binary, target);
  } catch {
    copyFileSync(binary, target); // another file system
  }
}
