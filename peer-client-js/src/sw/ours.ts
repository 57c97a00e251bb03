declare const self: ServiceWorkerGlobalScope;

/** False where a site's own service worker imported `/peer-sw.js`. */
export function isOurs(): boolean {
  return self.location.pathname === '/peer-sw.js';
}
