import type { Stats } from '../port/messages.js';
import { PageClient } from './client.js';

/**
 * The `gyre` object that `/peer-client.js` gives to a page.
 *
 * @example
 * // A switch in the site's settings:
 * box.checked ? gyre.on() : gyre.off();
 * @example
 * // Consent mode `ask`: the site asks in its own words.
 * addEventListener('gyre:consent', async () => gyre.consent(await askVisitor()));
 * @example
 * const { bytes } = await gyre.stats();
 * console.log(`${bytes.peers} bytes came from other visitors`);
 */
export interface Gyre {
  /** Stops at once, for this and every later page, and forgets what was held. */
  off(): Promise<void>;
  /** Takes part again after `off`. */
  on(): void;
  /** The visitor's answer, which is remembered. Where the site asks, nothing happens before. */
  consent(isGiven: boolean): Promise<void>;
  /** Who answered how much, on this page and over all visits. */
  stats(): Promise<Stats>;
}

declare global {
  interface Window {
    gyre?: Gyre;
  }
}

if (window.gyre === undefined) {
  const client = new PageClient();
  window.gyre = {
    off: () => client.off(),
    on: () => client.on(),
    consent: (isGiven) => client.consent(isGiven),
    stats: () => client.stats(),
  };
  client.start();
}
