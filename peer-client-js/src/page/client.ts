import { type Consent, type DataToPage, type PageToData, type Stats, totalsOf } from '../port/messages.js';
import { noCounts } from '../store/store.js';
import { Dialer } from './dialer.js';
import { Elements } from './elements.js';
import { watchLoaded } from './loaded.js';
import { CONSENT, OFF, openMemory } from './memory.js';
import { peerElements, restore } from './peer-element.js';
import { watchPresence } from './presence.js';
import { ServiceWorkerLink } from './service-worker.js';

const DATA_WORKER = '/.gyre/peer-data.js';
const DATABASE = 'gyre';
/** Until the site's policy says otherwise. */
const ELEMENT_MS = 300;
const STATS_MS = 2_000;

/** The page's part: starts the data worker, does what only a page can do for it, and stops everything on demand. */
export class PageClient {
  readonly #memory = openMemory();
  readonly #serviceWorker: ServiceWorkerLink | undefined;
  readonly #asked = new Map<number, (stats: Stats) => void>();
  #worker: Worker | undefined;
  #dialer: Dialer | undefined;
  #elements: Elements | undefined;
  #running: AbortController | undefined;
  #elementMs = ELEMENT_MS;
  #policy: Consent | undefined;
  #lastStats = 0;

  constructor() {
    const container = 'serviceWorker' in navigator ? navigator.serviceWorker : undefined;
    this.#serviceWorker =
      container === undefined
        ? undefined
        : new ServiceWorkerLink(container, { onPort: (port) => this.#tell({ type: 'reader', port }, [port]) });
    addEventListener('storage', ({ key }) => {
      if (key === OFF || key === CONSENT) this.#follow();
    });
    // A page with open connections would not get into the back/forward cache.
    addEventListener('pagehide', () => this.#stop());
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted) this.start();
    });
  }

  /** Begins to take part, unless the visitor turned it off or the browser lacks something. */
  start(): void {
    if (this.#running !== undefined) return;
    const isRefused = this.#isRefused();
    this.#serviceWorker?.rest(isRefused ? 'off' : 'none');
    try {
      if (!isRefused && isCapable()) this.#begin();
    } catch {
      this.#failed();
    }
    try {
      // Only now: elements that are there already are asked for at once.
      this.#elements ??= this.#makeElements();
      if (this.#running === undefined) this.#elements.giveUp();
    } catch {
      this.#stop();
      peerElements(document.documentElement).forEach(restore);
    }
  }

  /** Ends all at once, and remembers it. */
  async off(): Promise<void> {
    this.#memory.isOff = true;
    await this.#leave();
  }

  on(): void {
    this.#memory.isOff = false;
    this.#elements = undefined;
    this.start();
  }

  async consent(isGiven: boolean): Promise<void> {
    this.#memory.hasConsent = isGiven;
    if (!isGiven) return this.#leave();
    if (this.#worker === undefined) this.on();
    this.#agree();
  }

  stats(): Promise<Stats> {
    const id = ++this.#lastStats;
    const { bytes, requests, served } = totalsOf(noCounts);
    const nothing: Stats = {
      peerId: undefined,
      connectedPeers: [],
      bannedPeers: [],
      bytes,
      requests,
      served,
      byPage: {},
      total: { bytes, requests, served },
    };
    if (this.#worker === undefined) return Promise.resolve(nothing);
    return new Promise((resolve) => {
      const settle = (stats: Stats) => {
        clearTimeout(timer);
        this.#asked.delete(id);
        resolve(stats);
      };
      const timer = setTimeout(() => settle(nothing), STATS_MS);
      this.#asked.set(id, settle);
      this.#tell({ type: 'stats', id });
    });
  }

  /** Another tab turned it off or on, or asked the visitor. */
  #follow(): void {
    if (this.#isRefused()) return void this.#leave();
    this.start();
    if (this.#memory.hasConsent === true) this.#agree();
  }

  #isRefused(): boolean {
    return this.#memory.isOff || this.#memory.hasConsent === false;
  }

  #agree(): void {
    this.#tell({ type: 'consent' });
    this.#join();
  }

  #begin(): void {
    const running = new AbortController();
    this.#running = running;
    const { signal } = running;
    const worker = new Worker(DATA_WORKER);
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<DataToPage>) => this.#take(data), { signal });
    worker.addEventListener('error', () => this.#failed(), { signal });
    this.#dialer = new Dialer({
      handOver: (connection, channel) => this.#tell({ type: 'channel', connection, channel }, [channel]),
      step: (connection, step) => this.#tell({ type: 'step', connection, step }),
      gone: (connection) => this.#tell({ type: 'gone', connection }),
    });
    const presence = watchPresence((changed) => this.#tell({ type: 'presence', presence: changed }), signal);
    const { carried, hasConsent } = this.#memory;
    this.#tell({ type: 'start', page: location.href, carried, presence, hasConsent: hasConsent === true });
    this.#serviceWorker?.serve();
    watchLoaded((resources) => this.#tell({ type: 'loaded', resources }), signal);
    watchNavigation((page) => this.#tell({ type: 'navigated', page }), signal);
  }

  #take(message: DataToPage): void {
    switch (message.type) {
      case 'policy':
        this.#elementMs = message.elementMs;
        this.#policy = message.consent;
        this.#elements?.delayKnown();
        return this.#join();
      case 'carry':
        this.#memory.carried = message.carried;
        return;
      case 'dial':
        return this.#dialer?.dial(message.connection, message.ice);
      case 'accept':
        return this.#dialer?.accept(message.connection, message.ice, message.sdp);
      case 'step':
        return this.#dialer?.step(message.connection, message.step);
      case 'hangUp':
        return this.#dialer?.hangUp(message.connection);
      case 'arriving':
        return this.#elements?.arriving(message.id);
      case 'blob':
        return this.#elements?.filled(message.id, message.blob);
      case 'pass':
        return this.#elements?.filled(message.id, undefined);
      case 'failed':
        return this.#failed();
      case 'stats':
        return this.#asked.get(message.id)?.(message.stats);
      default:
        message satisfies never;
    }
  }

  /** As soon as the site's policy and the visitor agree. */
  #join(): void {
    if (this.#policy === undefined || this.#running === undefined) return;
    const { hasConsent } = this.#memory;
    if (this.#policy === 'off' || hasConsent === false) void this.#leave();
    else if (this.#policy === 'implied' || hasConsent === true) {
      this.#serviceWorker?.serve();
      // Without a service worker element mode and serving still work.
      this.#serviceWorker?.register().catch(() => undefined);
    } else {
      this.#elements?.giveUp();
      void this.#serviceWorker?.turnOff().catch(() => undefined);
      dispatchEvent(new CustomEvent('gyre:consent'));
    }
  }

  #makeElements(): Elements {
    return new Elements({
      ask: (id, url) => this.#tell({ type: 'blob', id, url }),
      drop: (id) => this.#tell({ type: 'drop', id }),
      elementMs: () => this.#elementMs,
    });
  }

  #tell(message: PageToData, transfer: Transferable[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }

  /** Something of ours is broken: the page goes on as if we were not there. */
  #failed(): void {
    this.#stop();
    this.#elements?.giveUp();
    this.#serviceWorker?.leave('none');
  }

  #stop(): void {
    this.#serviceWorker?.rest('none');
    this.#running?.abort();
    this.#running = undefined;
    this.#dialer?.close();
    this.#dialer = undefined;
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #leave(): Promise<void> {
    this.#failed();
    this.#memory.carried = undefined;
    indexedDB.deleteDatabase(DATABASE);
    await this.#serviceWorker?.turnOff().catch(() => undefined);
  }
}

function isCapable(): boolean {
  return (
    ['RTCPeerConnection', 'Worker', 'indexedDB', 'WebSocket'].every((name) => name in globalThis) && isSecureContext
  );
}

/** Tells when the page changes its URL without being loaded anew. */
function watchNavigation(onPage: (page: string) => void, signal: AbortSignal): void {
  let path = location.pathname + location.search;
  const look = () => {
    const now = location.pathname + location.search;
    if (now === path) return;
    path = now;
    onPage(location.href);
  };
  const navigation = (globalThis as { navigation?: EventTarget }).navigation;
  navigation?.addEventListener('currententrychange', look, { signal });
  addEventListener('popstate', look, { signal });
}
