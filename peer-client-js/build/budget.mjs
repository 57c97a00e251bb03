import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { root } from './root.mjs';

/** What a visitor may have to download in all, gzipped: may only shrink (ADR 10). */
const BUDGET_BYTES = 34_600;

/** Prints the size of each script, and fails the build where they are too large together. */
export function checkBudget(folder, names) {
  const sizes = names.map((name) => gzipSync(readFileSync(root(`${folder}/${name}`)), { level: 9 }).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(
    `${names.map((name, at) => `${name} ${sizes[at]}`).join(', ')}: ${total} of ${BUDGET_BYTES} bytes gzipped`,
  );
  if (total <= BUDGET_BYTES) return;
  console.error(`the visitor's scripts are ${total - BUDGET_BYTES} bytes above their budget`);
  process.exitCode = 1;
}
