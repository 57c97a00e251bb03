// Bundles what the servers serve into target/classes/gyre/client/, where they read it from the class path.
import { build } from 'esbuild';
import { root } from './root.mjs';
import { scripts, testScripts } from './scripts.mjs';

await bundle(scripts, 'target/classes/gyre/client');
await bundle(testScripts, 'target/test-scripts');

async function bundle(chosen, folder) {
  for (const [name, { entry, format }] of Object.entries(chosen))
    await bundleOne(root(entry), format, root(`${folder}/${name}`));
}

async function bundleOne(entryPoint, format, outfile) {
  await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    minify: true,
    format,
    platform: 'browser',
    target: 'chrome109',
    legalComments: 'none',
    logLevel: 'warning',
  });
}
