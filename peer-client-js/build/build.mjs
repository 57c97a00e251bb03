// Bundles what the servers serve into target/classes/gyre/client/, where they read it from the class path.
import { build } from 'esbuild';
import { root } from './root.mjs';
import { scripts } from './scripts.mjs';

for (const [name, { entry, format }] of Object.entries(scripts)) {
  await build({
    entryPoints: [root(entry)],
    outfile: root(`target/classes/gyre/client/${name}`),
    bundle: true,
    minify: true,
    format,
    platform: 'browser',
    target: 'chrome109',
    legalComments: 'none',
    logLevel: 'warning',
  });
}
