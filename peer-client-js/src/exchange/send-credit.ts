import { Limits } from '../wire/limits.js';

/** How many bytes of one body the other side can still take. One sender at a time waits for it. */
export class SendCredit {
  #bytes: number = Limits.INITIAL_CREDIT;
  #waiting: { readonly bytes: number; resolve(): void; reject(reason: unknown): void } | undefined;
  #failure: { readonly reason: unknown } | undefined;

  get isExhausted(): boolean {
    return this.#waiting !== undefined;
  }

  grant(bytes: number): void {
    this.#bytes = Math.min(this.#bytes + bytes, Number.MAX_SAFE_INTEGER);
    const waiting = this.#waiting;
    if (!waiting || waiting.bytes > this.#bytes) return;
    this.#waiting = undefined;
    this.#bytes -= waiting.bytes;
    waiting.resolve();
  }

  async take(bytes: number): Promise<void> {
    if (this.#failure) throw this.#failure.reason;
    if (bytes <= this.#bytes) {
      this.#bytes -= bytes;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#waiting = { bytes, resolve, reject };
    });
  }

  fail(reason: unknown): void {
    this.#failure = { reason };
    this.#waiting?.reject(reason);
    this.#waiting = undefined;
  }
}
