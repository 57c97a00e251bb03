import { isOurs } from './ours.js';

/** The entry of `/peer-sw.js`, behind the site's policy: the rest is in the script of the data worker (ADR 10). */

declare const self: ServiceWorkerGlobalScope;

try {
  self.importScripts('/.gyre/peer-data.js');
} catch (failure) {
  // Ours is better not installed; a site's own service worker goes on as if we were not there.
  if (isOurs()) throw failure;
}
