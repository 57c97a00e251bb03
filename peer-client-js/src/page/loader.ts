import { PEER_SRC, peerElements, restore } from './peer-element.js';

/**
 * `/.gyre/loader.js`: restores marked elements when peer-client.js was blocked, or is later than the element delay
 * (`data-delay` of this script's element, in milliseconds).
 */
const delayMs = Number(document.currentScript?.dataset['delay'] ?? 300);

setTimeout(() => {
  if ('gyre' in window) return;
  const restoreAll = () => {
    if (!('gyre' in window)) peerElements(document.documentElement).forEach(restore);
  };
  restoreAll();
  new MutationObserver(restoreAll).observe(document, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: [PEER_SRC],
  });
}, delayMs);
