import { ExchangeError } from '../exchange/types.js';
import type { Timers } from '../time/timers.js';

/** How much others may get from this visitor: a rate, and a volume per session of a tab. */
export class UploadBudget {
  #left: number;
  #freeAtMs = -Infinity;

  constructor(
    private readonly timers: Timers,
    private readonly bytesPerSecond: number,
    readonly volume: number,
    usedBytes: number,
  ) {
    this.#left = volume - usedBytes;
  }

  get usedBytes(): number {
    return this.volume - this.#left;
  }

  /** True where an answer of so many bytes fits into what is left of the volume. */
  allows(bytes: number): boolean {
    return this.bytesPerSecond > 0 && bytes <= this.#left;
  }

  /** Resolves when these bytes may leave; they are taken from the volume at once. Fails where it has not that much left. */
  async spend(bytes: number, signal: AbortSignal): Promise<void> {
    if (!this.allows(bytes)) throw new ExchangeError('overloaded', 'the upload volume is used up');
    this.#left -= bytes;
    const now = this.timers.now();
    const startMs = Math.max(now - BURST_MS, this.#freeAtMs);
    this.#freeAtMs = startMs + (bytes / this.bytesPerSecond) * 1000;
    const waitMs = this.#freeAtMs - now;
    if (waitMs > 0) await pause(this.timers, waitMs, signal);
  }
}

/** An idle visitor may send what it would send in this time at once. */
const BURST_MS = 1_000;

function pause(timers: Timers, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = () => {
      cancel();
      reject(signal.reason as Error);
    };
    const cancel = timers.schedule(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
