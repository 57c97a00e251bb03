import type { ChunkStore, StoredChunk } from '../store/store.js';
import type { Timers } from '../time/timers.js';

/**
 * Writing holds up this thread and takes CPU from the transfer. What arrives fast is written when its last reader is done;
 * what arrives slowly or is large, so many ms after it came, or when so many chunks wait (16 MiB).
 */
const KEEP_MS = 1_000;
const KEEP_BATCH = 256;
/** Chunks of one transaction. */
const KEEP_MOST = 64;

export interface KeeperOptions {
  readonly digest: string;
  readonly size: number;
  readonly store: ChunkStore;
  readonly timers: Timers;
  readonly onKept: (isComplete: boolean, evicted: readonly string[]) => void;
  /** The server's time, for the store's order of use. */
  readonly clockMs: () => number;
}

/** Brings the verified chunks of one download into the store, many in one transaction. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #onIdle: () => void;
  readonly #unkept: StoredChunk[] = [];
  readonly #kept = new Set<number>();
  #isWriting = false;
  #cancel: () => void = () => undefined;

  /** `onIdle`: nothing waits to be written any more. */
  constructor(options: KeeperOptions, onIdle: () => void) {
    this.#options = options;
    this.#onIdle = onIdle;
  }

  /** To be written later. */
  add(chunk: StoredChunk): void {
    this.#unkept.push(chunk);
    if (this.#unkept.length >= KEEP_BATCH) void this.keep();
    else if (this.#unkept.length === 1) this.#cancel = this.#options.timers.schedule(() => void this.keep(), KEEP_MS);
  }

  get isIdle(): boolean {
    return this.#unkept.length === 0 && !this.#isWriting;
  }

  /** Whether the store took this chunk. */
  has(index: number): boolean {
    return this.#kept.has(index);
  }

  /** Writes what waits. */
  async keep(): Promise<void> {
    this.#cancel();
    if (this.#isWriting) return;
    const { store, digest, size, clockMs, onKept } = this.#options;
    this.#isWriting = true;
    while (this.#unkept.length > 0) {
      const chunks = this.#unkept.splice(0, KEEP_MOST);
      try {
        const kept = await store.keepChunks(digest, size, chunks, clockMs());
        if (!kept.stored) continue;
        for (const { index } of chunks) this.#kept.add(index);
        onKept(kept.complete, kept.evicted);
      } catch {
        // The bytes are verified and the readers have them: a store that fails costs only the next visit.
        this.#unkept.length = 0;
      }
    }
    this.#isWriting = false;
    this.#onIdle();
  }
}
