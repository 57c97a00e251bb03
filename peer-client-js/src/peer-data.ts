import { startDataWorker } from './data/index.js';
import { startServiceWorker } from './sw/index.js';

/**
 * `/.gyre/peer-data.js`: one download for two roles, since store, frames and zstd are of use in both. The page starts it
 * as the data worker; `/peer-sw.js` imports it into the service worker.
 */
if ('clients' in globalThis) startServiceWorker();
else startDataWorker();
