import { chunksOfBody } from '../fetch/http.js';
import { type Eligibility, isEligible, resourceOf } from '../fetch/eligible.js';
import type { ChunkStore, StoredChunk } from '../store/store.js';
import type { Timers } from '../time/timers.js';
import { chunkCount } from '../verify/digest.js';
import type { Catalogue } from './catalogue.js';
import { checkedChunk } from './library.js';

export interface HarvestOptions {
  readonly store: ChunkStore;
  readonly catalogue: Catalogue;
  readonly timers: Timers;
  readonly policy: () => Eligibility;
  readonly fetch: (url: URL, init: RequestInit) => Promise<Response>;
  readonly clockMs: () => number;
  readonly onHeld: (digest: string) => void;
  readonly onLost: (digests: readonly string[]) => void;
  /** There is more, or less, to be looked for. */
  readonly onWaiting: () => void;
}

/** When what HTTP delivered is looked for again: the proxy may sign it only some time after. */
const TRIES_MS = [50, 150, 400, 1_500, 5_000, 20_000];
/** Tries that are due so soon after one are made with it. */
const TOGETHER_MS = 20;
const MOST_WAITING = 512;
const BATCH = 16;
/** Browsers cache no single resource beyond a share of their cache; looking for one is an error in the console. */
const MOST_BYTES = 4 * 2 ** 20;

/**
 * Reads back from the browser's HTTP cache what the page loaded, and puts it into the store where a manifest proves it,
 * so that the visitor can serve it. One resource at a time; nothing without a manifest is ever touched.
 */
export class Harvest {
  readonly #options: HarvestOptions;
  readonly #waiting = new Map<string, { readonly tries: number; readonly dueMs: number }>();
  #cancelRound: () => void = () => undefined;
  #isAtWork = false;
  #isOver = false;

  constructor(options: HarvestOptions) {
    this.#options = options;
  }

  /** What was loaded and is neither in the store nor given up. */
  get waiting(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  add(urls: readonly string[]): void {
    if (this.#isOver) return;
    for (const url of urls) {
      if (this.#waiting.size >= MOST_WAITING || this.#waiting.has(url)) continue;
      if (!isEligible(new URL(url), this.#options.policy())) continue;
      this.#await(url, 0);
    }
    this.#options.onWaiting();
    this.#plan();
  }

  #await(url: string, tries: number): void {
    const delayMs = TRIES_MS[tries];
    if (delayMs === undefined) this.#waiting.delete(url);
    else this.#waiting.set(url, { tries, dueMs: this.#options.timers.now() + delayMs });
  }

  /** What was loaded just now does not wait for a late try of something else. */
  #plan(): void {
    if (this.#isAtWork || this.#waiting.size === 0) return;
    this.#cancelRound();
    const { timers } = this.#options;
    const dueMs = Math.min(...[...this.#waiting.values()].map((waiting) => waiting.dueMs));
    this.#cancelRound = timers.schedule(
      () => {
        this.#isAtWork = true;
        void this.#round(timers.now()).finally(() => {
          this.#isAtWork = false;
          this.#plan();
        });
      },
      Math.max(0, dueMs - timers.now()),
    );
  }

  async #round(nowMs: number): Promise<void> {
    const due = [...this.#waiting].filter(([, { dueMs }]) => dueMs <= nowMs + TOGETHER_MS);
    const urls = due.map(([url]) => url);
    const { catalogue } = this.#options;
    try {
      await catalogue.prepare(urls.map((url) => resourceOf(new URL(url))));
    } catch {
      // The signalling server is out of reach: what is known already can still be harvested.
    }
    for (const [url, { tries }] of due) {
      const isDone = await this.#harvest(new URL(url)).catch(() => true);
      this.#await(url, isDone ? TRIES_MS.length : tries + 1);
    }
    this.#options.onWaiting();
  }

  /** False where it is worth another try later. */
  async #harvest(url: URL): Promise<boolean> {
    const { catalogue, store } = this.#options;
    const manifest = await catalogue.known(resourceOf(url));
    if (manifest === undefined || manifest.size === 0) return false;
    const { digest, size } = manifest;
    if (size > MOST_BYTES) return true;
    if ((await store.holding(digest))?.have.includes(0) === false) return true;
    const hashes = await catalogue.hashes(digest);
    if (hashes === undefined) return true;
    const cached = await this.#lookUp(url);
    if (cached === undefined) return true;
    if (cached.status !== manifest.status || !(await catalogue.keep(manifest, hashes))) return true;
    await this.#keep(cached, digest, size, hashes);
    return true;
  }

  /** After the first miss nothing more is looked up: this browser's cache is off or full, and each miss is an error there. */
  async #lookUp(url: URL): Promise<Response | undefined> {
    if (this.#isOver) return undefined;
    try {
      return await this.#options.fetch(url, { cache: 'only-if-cached', mode: 'same-origin' });
    } catch {
      this.#isOver = true;
      return undefined;
    }
  }

  async #keep(cached: Response, digest: string, size: number, hashes: Uint8Array): Promise<void> {
    let batch: StoredChunk[] = [];
    let index = 0;
    for await (const piece of chunksOfBody(cached, { first: 0, count: chunkCount(size) })) {
      const bytes = await checkedChunk(hashes, size, index, piece);
      if (bytes === undefined) return;
      batch.push({ index, isPacked: false, bytes });
      index += 1;
      if (batch.length < BATCH && index < chunkCount(size)) continue;
      const kept = await this.#options.store.keepChunks(digest, size, batch, this.#options.clockMs());
      if (kept.evicted.length > 0) this.#options.onLost(kept.evicted);
      if (!kept.stored) return;
      if (kept.complete) this.#options.onHeld(digest);
      batch = [];
    }
  }
}
