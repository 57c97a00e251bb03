const FIRST_MS = 500;
const MOST_MS = 30_000;
/** A connection that lived so long was a good one. */
const GOOD_MS = 10_000;

/** How long to wait before the next attempt: exponential, with full jitter, so that a crowd does not return at once. */
export class Backoff {
  #attempts = 0;

  /** `random` is in [0, 1). */
  constructor(readonly random: () => number) {}

  /** After a connection that lived so long. */
  delayMs(livedMs: number): number {
    if (livedMs >= GOOD_MS) this.#attempts = 0;
    const spreadMs = Math.min(MOST_MS, FIRST_MS * 2 ** this.#attempts);
    this.#attempts = Math.min(this.#attempts + 1, 16);
    return this.random() * spreadMs;
  }

  /** The server would refuse the next attempt just so. */
  discourage(): void {
    this.#attempts = 16;
  }
}
