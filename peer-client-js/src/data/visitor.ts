import { isEligible, isNameable, resourceOf } from '../fetch/eligible.js';
import {
  type AnsweredFrom,
  type Carried,
  type DataToPage,
  type Loaded,
  MOST_UNHARVESTED,
  type Presence,
  type Stats,
  totalsOf,
} from '../port/messages.js';
import { openSignal } from '../signal/client.js';
import type { SignalClient } from '../signal/types.js';
import { webSocket } from '../signal/web-socket.js';
import { type ChunkStore, isComplete, noCounts, sumOf } from '../store/store.js';
import { deferred } from '../time/deferred.js';
import { systemTimers as timers } from '../time/timers.js';
import { unpackChunk } from '../verify/unpack.js';
import { fromBase64url, toBase64url } from '../wire/base64url.js';
import { READS_PACKED, SERVES, type PeerSignal, type Welcome } from '../wire/messages.js';
import { decodePeerSignal, encodePeerSignal } from '../wire/peer-signal.js';
import { Accounts } from './accounts.js';
import { Catalogue } from './catalogue.js';
import { chunkLists } from './chunk-lists.js';
import { Harvest } from './harvest.js';
import { Library, type Opened } from './library.js';
import { Neighbours } from './neighbours.js';
import { serving } from './serving.js';
import type { Session } from './session.js';
import { Sessions } from './sessions.js';
import { UploadBudget } from './upload-budget.js';

export interface VisitorOptions {
  readonly store: ChunkStore;
  readonly base: URL;
  readonly page: string;
  readonly carried: Carried | undefined;
  readonly presence: Presence;
  readonly tell: (message: DataToPage) => void;
}

/** Connections kept open before anything is wanted of them. */
const WARM = 4;
const REPORT_MS = 10_000;
/** Served so much more, the page is told, for the next one. */
const CARRY_BYTES = 2 ** 21;
/** How long after we joined questions wait for the signalling server to know us. */
const REGISTER_MS = 1_000;
/** Resource Timing and the service worker tell of one answer in any order: so long their words are matched. */
const MATCH_MS = 500;
const MOST_ANSWERED = 1_000;
const DAY_MS = 86_400_000;

/** One visitor's part in the swarm, for one page: everything but the connections, which only a page may open. */
export class Visitor {
  readonly neighbours: Neighbours;
  readonly #options: VisitorOptions;
  readonly #sessions: Sessions;
  readonly #accounts: Accounts;
  readonly #catalogue: Catalogue;
  readonly #library: Library;
  readonly #harvest: Harvest;
  readonly #answered = new Map<string, number>();
  #budget: UploadBudget;
  #presence: Presence;
  #page: string;
  #signal: SignalClient | undefined;
  #sessionText: { text: string; atMs: number } | undefined;
  #resume = '';
  #joinedMs = 0;
  #carriedBytes = 0;
  #registered = deferred<void>();

  constructor(options: VisitorOptions) {
    this.#options = options;
    this.#presence = options.presence;
    this.#page = options.page;
    this.#resume = options.carried?.resume ?? '';
    this.#sessions = this.#makeSessions();
    this.#accounts = new Accounts(options.store, timers, new URL(options.page).pathname);
    const used = options.carried?.uploadedBytes ?? 0;
    this.#budget = new UploadBudget(timers, 0, used, used);
    this.neighbours = this.#makeNeighbours();
    this.#catalogue = this.#makeCatalogue();
    this.#library = this.#makeLibrary();
    this.#harvest = this.#makeHarvest();
  }

  /** The site's answer, for the page to decide whether this visitor takes part. Rejects where there is none. */
  async policy(): Promise<Session['policy']> {
    const { policy } = await this.#sessions.begin(this.#options.carried);
    return policy;
  }

  /** Takes part from now on. */
  join(): void {
    const session = this.#sessions.current;
    if (session === undefined || this.#signal !== undefined || this.#presence.isMetered) return;
    this.#joinedMs = timers.now();
    const { uploadRate, uploadVolume } = session.policy;
    this.#budget = new UploadBudget(timers, uploadRate, uploadVolume, this.#budget.usedBytes);
    this.#signal = openSignal({
      url: session.signalUrl,
      connect: webSocket,
      hello: async () => ({
        token: (await this.#sessions.fresh()).token,
        page: pageResource(this.#page),
        capabilities: READS_PACKED | (this.#isServing ? SERVES : 0),
      }),
      listener: {
        onWelcome: (welcome) => void this.#welcomed(welcome),
        onLost: () => (this.#registered = deferred()),
        onHint: (hint) => void this.#catalogue.learn(hint.manifests, hint.providers),
        onRunners: () => undefined,
        onRelayed: (from, payload) => this.#relayed(from, payload),
        onRefused: () => undefined,
      },
      timers,
      random: Math.random,
      ...(this.#resume === '' ? {} : { resume: fromBase64url(this.#resume) }),
    });
    this.#harvest.add(this.#options.carried?.unharvested ?? []);
    timers.schedule(() => this.#report(), REPORT_MS);
    void this.#options.store.prune(this.#sessions.clockMs() - DAY_MS).catch(() => undefined);
  }

  /** `askedMs`: when the page asked, on our clock; the hedge delay is counted from there. */
  open(url: URL, askedMs: number, signal: AbortSignal): Promise<Opened | undefined> {
    if (this.#signal === undefined || this.#presence.isMetered) return Promise.resolve(undefined);
    return this.#library.open(url, askedMs, signal);
  }

  /** We answered the service worker: what Resource Timing says of this URL is not HTTP's doing. */
  streamed(url: string): void {
    if (this.#answered.size < MOST_ANSWERED) this.#answered.set(url, (this.#answered.get(url) ?? 0) + 1);
  }

  /** The service worker answered without us, and says from where. */
  answered(url: string, from: AnsweredFrom, bytes: number): void {
    this.streamed(url);
    this.#count(from, bytes);
    if (from !== 'ownStore' && this.#signal !== undefined) this.#harvest.add([url]);
  }

  loaded(resources: readonly Loaded[]): void {
    const still = resources.filter((resource) => resource.isHarvestable && !this.#answered.has(resource.url));
    if (this.#signal !== undefined) this.#harvest.add(still.map((resource) => resource.url));
    timers.schedule(() => {
      const session = this.#sessions.current;
      if (session === undefined) return;
      const overHttp = resources.filter(({ url }) => isEligible(new URL(url), session.policy) && !this.#matched(url));
      for (const { bytes, isFromCache, isFromWorker } of overHttp) {
        this.#count(isFromCache && !isFromWorker ? 'httpCache' : 'origin', bytes);
      }
    }, MATCH_MS);
  }

  attend(presence: Presence): void {
    const wasServing = this.#isServing;
    this.#presence = presence;
    if (wasServing === this.#isServing) return;
    void this.#heldDigests().then((digests) =>
      this.#signal?.announce(this.#isServing ? { gained: digests } : { lost: digests }),
    );
  }

  async navigated(page: string): Promise<void> {
    this.#page = page;
    this.#signal?.page(pageResource(page));
    await this.#accounts.turnTo(new URL(page).pathname);
  }

  async stats(): Promise<Stats> {
    await this.#accounts.write();
    const pages = await this.#options.store.counts();
    const { bytes, requests, served } = totalsOf(this.#accounts.here);
    return {
      peerId: this.#signal?.peer,
      connectedPeers: this.neighbours.openPeers(),
      bannedPeers: this.neighbours.banned,
      bytes,
      requests,
      served,
      byPage: Object.fromEntries([...pages].map(([page, counts]) => [page, totalsOf(counts)])),
      total: totalsOf([...pages.values()].reduce(sumOf, noCounts)),
    };
  }

  get #isServing(): boolean {
    const { isHidden, isMetered, isLowOnPower } = this.#presence;
    return !isHidden && !isMetered && !isLowOnPower;
  }

  #count(from: AnsweredFrom, bytes: number): void {
    this.#accounts.addBytes(from, bytes);
    this.#accounts.addRequest(from);
  }

  #matched(url: string): boolean {
    const count = this.#answered.get(url) ?? 0;
    if (count === 1) this.#answered.delete(url);
    else if (count > 1) this.#answered.set(url, count - 1);
    return count > 0;
  }

  async #welcomed(welcome: Welcome): Promise<void> {
    this.#resume = toBase64url(welcome.resume);
    this.#carry();
    await this.#catalogue.learn(welcome.manifests, welcome.providers);
    this.#registered.resolve();
    if (!welcome.resumed && this.#isServing) {
      const gained = await this.#heldDigests();
      if (gained.length > 0) this.#signal?.announce({ gained });
    }
    for (const peer of welcome.neighbours.slice(0, WARM)) {
      // A neighbour that cannot be reached is one less; nobody waits for it.
      this.neighbours.dial(peer, new AbortController().signal).catch(() => undefined);
    }
  }

  async #heldDigests(): Promise<string[]> {
    const holdings = await this.#options.store.holdings();
    return holdings.filter(isComplete).map((holding) => holding.digest);
  }

  #relayed(from: string, payload: Uint8Array): void {
    try {
      this.neighbours.relayed(from, decodePeerSignal(payload));
    } catch {
      // A stranger's nonsense ends with the stranger's message.
    }
  }

  #relay(to: string, signal: PeerSignal): boolean {
    return this.#signal?.relay(to, encodePeerSignal(signal)) ?? false;
  }

  #report(): void {
    const peers = this.neighbours.report();
    if (peers.length > 0) this.#signal?.report(peers.slice(0, 64));
    this.#carry();
    timers.schedule(() => this.#report(), REPORT_MS);
  }

  #carry(): void {
    if (this.#sessionText === undefined) return;
    const { text, atMs } = this.#sessionText;
    const uploadedBytes = (this.#carriedBytes = this.#budget.usedBytes);
    const unharvested = this.#harvest.waiting.slice(-MOST_UNHARVESTED);
    const carried = { resume: this.#resume, session: text, sessionMs: atMs, uploadedBytes, unharvested };
    this.#options.tell({ type: 'carry', carried });
  }

  #held(digest: string): void {
    if (this.#isServing) this.#signal?.announce({ gained: [digest] });
  }

  #served(bytes: number): void {
    this.#accounts.addBytes('served', bytes);
    if (this.#budget.usedBytes - this.#carriedBytes >= CARRY_BYTES) this.#carry();
  }

  #lost(digests: readonly string[]): void {
    this.#signal?.announce({ lost: digests });
  }

  #makeSessions(): Sessions {
    const { base, carried } = this.#options;
    if (carried !== undefined) this.#sessionText = { text: carried.session, atMs: carried.sessionMs };
    return new Sessions({
      fetch: ownFetch,
      base,
      timers,
      wallMs: () => Date.now(),
      onNews: (session, text) => {
        this.#sessionText = { text, atMs: Date.now() };
        this.#carry();
        const { consent, elementMs } = session.policy;
        this.#options.tell({ type: 'policy', consent, elementMs });
        void this.#options.store.keepNumber('clock', session.timeMs - Date.now()).catch(() => undefined);
      },
    });
  }

  #makeNeighbours(): Neighbours {
    const { tell, store } = this.#options;
    const ice = () => this.#sessions.current?.ice ?? [];
    return new Neighbours({
      timers,
      answer: serving({
        store,
        budget: () => this.#budget,
        isServing: () => this.#isServing,
        unpack: (packed, length) => unpackChunk(packed, length) ?? new Uint8Array(0),
        onServed: (bytes) => this.#served(bytes),
      }),
      page: {
        dial: (connection) => tell({ type: 'dial', connection, ice: ice() }),
        accept: (connection, sdp) => tell({ type: 'accept', connection, ice: ice(), sdp }),
        step: (connection, step) => tell({ type: 'step', connection, step }),
        hangUp: (connection) => tell({ type: 'hangUp', connection }),
      },
      ownId: () => this.#signal?.peer,
      relay: (to, signal) => this.#relay(to, signal),
      random: (bytes) => crypto.getRandomValues(bytes),
    });
  }

  #makeCatalogue(): Catalogue {
    return new Catalogue({
      store: this.#options.store,
      timers,
      site: () => this.#sessions.current?.site ?? '',
      keys: () => this.#sessions.keys,
      clockMs: () => this.#sessions.clockMs(),
      locate: async (wanted, signal) => {
        await this.#whenRegistered();
        if (this.#signal === undefined) throw new Error('not connected');
        return this.#signal.locate(wanted, signal);
      },
    });
  }

  #whenRegistered(): Promise<void> {
    return new Promise((resolve, reject) => {
      const restMs = Math.max(0, this.#joinedMs + REGISTER_MS - timers.now());
      const cancel = timers.schedule(() => reject(new Error('not registered')), restMs);
      void this.#registered.promise.then(resolve).finally(cancel);
    });
  }

  #makeLibrary(): Library {
    const { store, base } = this.#options;
    const policy = () => this.#sessions.current?.policy ?? { eligible: [], never: ['*'], hedgeMs: 0 };
    return new Library({
      store,
      catalogue: this.#catalogue,
      accounts: this.#accounts,
      peers: this.neighbours,
      timers,
      policy,
      fetch: ownFetch,
      clockMs: () => this.#sessions.clockMs(),
      chunkList: chunkLists({
        catalogue: this.#catalogue,
        peers: this.neighbours,
        fetch: ownFetch,
        base,
        hedgeMs: () => policy().hedgeMs,
      }),
      onHeld: (digest) => this.#held(digest),
      onLost: (digests) => this.#lost(digests),
    });
  }

  #makeHarvest(): Harvest {
    return new Harvest({
      store: this.#options.store,
      catalogue: this.#catalogue,
      timers,
      policy: () => this.#sessions.current?.policy ?? { eligible: [], never: ['*'] },
      fetch: ownFetch,
      clockMs: () => this.#sessions.clockMs(),
      onHeld: (digest) => this.#held(digest),
      onLost: (digests) => this.#lost(digests),
      onWaiting: () => this.#carry(),
    });
  }
}

/** Our own requests say who sends them, so that the service worker lets them pass. */
function ownFetch(url: URL, init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, referrer: '/.gyre/peer-data.js', referrerPolicy: 'same-origin' });
}

/** Empty where it is too long to be named. */
function pageResource(page: string): string {
  const resource = resourceOf(new URL(page));
  return isNameable(resource) ? resource : '';
}
