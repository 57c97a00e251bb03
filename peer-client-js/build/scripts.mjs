/** What visitors download: its name, and the file that it begins with. */
export const visitorScripts = {
  'peer-client.js': { entry: 'src/page/index.ts', format: 'iife' },
  'peer-sw.js': { entry: 'src/sw/script.ts', format: 'iife' },
  'peer-data.js': { entry: 'src/peer-data.ts', format: 'iife' },
  'loader.js': { entry: 'src/page/loader.ts', format: 'iife' },
};

/** What worker tabs load. */
export const workerScripts = {
  'worker-runtime.js': { entry: 'src/worker/worker-runtime.ts', format: 'iife' },
  'worker-app.js': { entry: 'src/worker/worker-app.ts', format: 'esm' },
};

/** What only tests of the whole system load into a page; bundled into target/test-scripts/. */
export const testScripts = {
  'hostile-visitor.js': { entry: 'src/page/hostile-visitor.browser.ts', format: 'iife' },
};
