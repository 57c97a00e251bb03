import { type ChunkStore, type Counts, noCounts, sumOf } from '../store/store.js';
import type { Timers } from '../time/timers.js';

export type Answerer = 'ownStore' | 'peers' | 'origin' | 'httpCache';

const REQUESTS = {
  ownStore: 'requestsOwnStore',
  peers: 'requestsPeers',
  origin: 'requestsOrigin',
  httpCache: 'requestsHttpCache',
} as const;

/** How long counts may wait to be written. */
const WRITE_MS = 100;
/** Paths that are counted one by one over all visits; what is beyond shares one line. */
const MOST_PAGES = 200;
const OTHER_PAGES = '…';

/** Counts who answered the requests of this page, and adds it up over all visits in the store. */
export class Accounts {
  #page: string;
  #here = noCounts;
  #unwritten = noCounts;
  #cancelWrite: (() => void) | undefined;

  constructor(
    private readonly store: ChunkStore,
    private readonly timers: Timers,
    page: string,
  ) {
    this.#page = page;
  }

  /** Since this page was loaded. */
  get here(): Counts {
    return this.#here;
  }

  addBytes(from: Answerer | 'served', bytes: number): void {
    this.#add({ ...noCounts, [from]: bytes });
  }

  addRequest(from: Answerer): void {
    this.#add({ ...noCounts, [REQUESTS[from]]: 1 });
  }

  /** A client-side navigation: later requests count for another page. */
  async turnTo(page: string): Promise<void> {
    await this.write();
    this.#page = page;
  }

  async write(): Promise<void> {
    this.#cancelWrite?.();
    this.#cancelWrite = undefined;
    const addition = this.#unwritten;
    this.#unwritten = noCounts;
    if (addition === noCounts) return;
    const known = await this.store.counts();
    const page = known.has(this.#page) || known.size < MOST_PAGES ? this.#page : OTHER_PAGES;
    await this.store.addCounts(page, addition);
  }

  #add(addition: Counts): void {
    this.#here = sumOf(this.#here, addition);
    this.#unwritten = sumOf(this.#unwritten, addition);
    this.#cancelWrite ??= this.timers.schedule(() => {
      // A store that refuses costs the visitor's statistics, nothing else.
      this.write().catch(() => undefined);
    }, WRITE_MS);
  }
}
