import type { Counts } from '../store/store.js';
import type { PeerId } from '../wire/messages.js';

/** What the visitor's device and window allow at the moment. */
export interface Presence {
  readonly isHidden: boolean;
  /** Data saver, or a link that is paid by the byte. */
  readonly isMetered: boolean;
  readonly isLowOnPower: boolean;
}

/** What one page leaves to the next, in sessionStorage: nothing in it names the visitor. */
export interface Carried {
  /** Base64url; empty where there is none. */
  readonly resume: string;
  /** The text of the last session answer, and when it came (Date.now()). */
  readonly session: string;
  readonly sessionMs: number;
  /** Bytes served to others since the tab was opened. */
  readonly uploadedBytes: number;
  /** URLs that were loaded but are not in the store yet. */
  readonly unharvested: readonly string[];
}

export const MOST_UNHARVESTED = 64;

/** A resource that the page loaded, as Resource Timing tells it. */
export interface Loaded {
  readonly url: string;
  readonly bytes: number;
  readonly isFromCache: boolean;
  /** A service worker answered it: only that one knows from where. */
  readonly isFromWorker: boolean;
  /** May be looked for in the HTTP cache, and asked about by its URL. */
  readonly isHarvestable: boolean;
}

/** One step of opening a connection, without the connection's name. */
export type Step =
  | { readonly type: 'offer' | 'answer'; readonly sdp: string }
  | { readonly type: 'candidate'; readonly candidate: string; readonly mid: string; readonly line: number };

export type PageToData =
  | {
      readonly type: 'start';
      readonly page: string;
      readonly carried: Carried | undefined;
      readonly presence: Presence;
      readonly hasConsent: boolean;
    }
  | { readonly type: 'consent' }
  | { readonly type: 'presence'; readonly presence: Presence }
  | { readonly type: 'navigated'; readonly page: string }
  /** An end of a MessageChannel whose other end a service worker has. */
  | { readonly type: 'reader'; readonly port: MessagePort }
  | { readonly type: 'channel'; readonly connection: string; readonly channel: RTCDataChannel | MessagePort }
  | { readonly type: 'step'; readonly connection: string; readonly step: Step }
  | { readonly type: 'gone'; readonly connection: string }
  | { readonly type: 'blob'; readonly id: number; readonly url: string }
  | { readonly type: 'drop'; readonly id: number }
  | { readonly type: 'loaded'; readonly resources: readonly Loaded[] }
  | { readonly type: 'stats'; readonly id: number };

/** RTCIceServer as plain data. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

export type DataToPage =
  /** The site's policy, as far as the page needs it. */
  | { readonly type: 'policy'; readonly consent: Consent; readonly elementMs: number }
  /** There will be no session: nobody can be answered. */
  | { readonly type: 'failed' }
  | { readonly type: 'carry'; readonly carried: Carried }
  | { readonly type: 'dial'; readonly connection: string; readonly ice: readonly IceServer[] }
  | { readonly type: 'accept'; readonly connection: string; readonly ice: readonly IceServer[]; readonly sdp: string }
  | { readonly type: 'step'; readonly connection: string; readonly step: Step }
  | { readonly type: 'hangUp'; readonly connection: string }
  /** More verified bytes for an element are here: the rest is worth waiting for. */
  | { readonly type: 'arriving'; readonly id: number }
  | { readonly type: 'blob'; readonly id: number; readonly blob: Blob }
  | { readonly type: 'pass'; readonly id: number }
  | { readonly type: 'stats'; readonly id: number; readonly stats: Stats };

export type Consent = 'implied' | 'ask' | 'off';

/** What `gyre.stats()` tells. Bytes are those of bodies. */
export interface Stats {
  /** Undefined while the signalling server does not know us. */
  readonly peerId: PeerId | undefined;
  readonly connectedPeers: readonly PeerId[];
  readonly bannedPeers: readonly PeerId[];
  /** By source, for this page since it was loaded. */
  readonly bytes: BySource;
  readonly requests: BySource;
  /** Bytes that others got from this page. */
  readonly served: number;
  /** The same by page path, over all visits. */
  readonly byPage: Readonly<Record<string, Totals>>;
  readonly total: Totals;
}

export interface BySource {
  readonly ownStore: number;
  readonly peers: number;
  readonly origin: number;
  /** What the browser's own HTTP cache answered. */
  readonly httpCache: number;
}

export interface Totals {
  readonly bytes: BySource;
  readonly requests: BySource;
  readonly served: number;
}

export function totalsOf(counts: Counts): Totals {
  const { ownStore, peers, origin, httpCache, served } = counts;
  return {
    bytes: { ownStore, peers, origin, httpCache },
    requests: {
      ownStore: counts.requestsOwnStore,
      peers: counts.requestsPeers,
      origin: counts.requestsOrigin,
      httpCache: counts.requestsHttpCache,
    },
    served,
  };
}

/** From a service worker to a data worker, on a port of their own. */
export type ReaderToData =
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly url: string;
      readonly range: string | null;
      /** Milliseconds since the page asked: the hedge delay is counted from there. */
      readonly waitedMs: number;
    }
  /** Room for so many more chunks. */
  | { readonly type: 'pull'; readonly id: number; readonly chunks: number }
  | { readonly type: 'drop'; readonly id: number }
  /** Answered without the data worker. */
  | { readonly type: 'answered'; readonly url: string; readonly from: AnsweredFrom; readonly bytes: number };

export type AnsweredFrom = 'ownStore' | 'origin' | 'httpCache';

export type DataToReader =
  | {
      readonly type: 'head';
      readonly id: number;
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
    }
  | { readonly type: 'chunk'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'done'; readonly id: number }
  /** At once and then every ALIVE_MS until the answer ends: however slow the bytes are, somebody works on it. */
  | { readonly type: 'alive'; readonly id: number }
  /** Before `chunk`: ask HTTP. After: the answer is broken off. */
  | { readonly type: 'pass'; readonly id: number };

/** Between page and service worker; a site's own messages never have the field. */
export interface PortOffer {
  readonly gyre: 'port';
}
export interface PortWish {
  readonly gyre: 'port?';
}
/**
 * `off`: the visitor turned Gyre off, and the service worker answers nothing more to this page. `none`: there is no data
 * worker, and nobody is to wait for it; the own store still answers.
 */
export interface RefusedPort {
  readonly gyre: 'off' | 'none';
}

/** Chunks that may be on their way to a reader: 1 MiB, as between peers. */
export const READER_WINDOW = 16;
export const ALIVE_MS = 2_000;

/** What the page and the data worker say to each other where a channel could not be handed over. */
export type Proxied =
  | { readonly type: 'open' }
  | { readonly type: 'message'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** So many bytes have left the page. */
  | { readonly type: 'sent'; readonly bytes: number }
  | { readonly type: 'close' };
