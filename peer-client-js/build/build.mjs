// Bundles what the servers serve into target/classes/gyre/client/, where they read it from the class path.
import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { minify } from 'terser';
import { checkBudget } from './budget.mjs';
import { ownNames } from './names.mjs';
import { root } from './root.mjs';
import { testScripts, visitorScripts, workerScripts } from './scripts.mjs';

const SERVED = 'target/classes/gyre/client';
const small = { mangleProps: ownNames() };

for (const [name, script] of Object.entries(visitorScripts)) {
  await bundle(script, `${SERVED}/${name}`, small);
  await squeeze(`${SERVED}/${name}`);
}
for (const [name, script] of Object.entries(workerScripts)) await bundle(script, `${SERVED}/${name}`);
for (const [name, script] of Object.entries(testScripts)) await bundle(script, `target/test-scripts/${name}`);
checkBudget(SERVED, Object.keys(visitorScripts));

async function bundle({ entry, format }, outfile, options = {}) {
  await build({
    entryPoints: [root(entry)],
    outfile: root(outfile),
    bundle: true,
    minify: true,
    format,
    platform: 'browser',
    target: 'chrome109',
    legalComments: 'none',
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    logLevel: 'warning',
    ...options,
  });
}

/** esbuild bundles; terser finds some 4 % more. */
async function squeeze(file) {
  const { code } = await minify(readFileSync(root(file), 'utf8'), {
    ecma: 2020,
    toplevel: true,
    compress: { passes: 3, unsafe_arrows: true, unsafe_methods: true, hoist_funs: true, lhs_constants: false },
  });
  writeFileSync(root(file), code);
}
