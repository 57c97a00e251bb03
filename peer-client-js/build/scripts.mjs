/** What is served to browsers: its name, and the file that it begins with. */
export const scripts = {
  'worker-runtime.js': { entry: 'src/worker/worker-runtime.ts', format: 'iife' },
  'worker-app.js': { entry: 'src/worker/worker-app.ts', format: 'esm' },
};
