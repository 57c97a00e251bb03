// Runs `npm ci` unless node_modules already is what package-lock.json asks for.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { root } from './root.mjs';

const stamp = root('node_modules/.gyre-lock');
const wanted = createHash('sha256')
  .update(readFileSync(root('package-lock.json')))
  .digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  execFileSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], { cwd: root('.'), stdio: 'inherit' });
  writeFileSync(stamp, wanted);
}
