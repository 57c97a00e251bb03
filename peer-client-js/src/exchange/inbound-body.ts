import { Limits } from '../wire/limits.js';
import type { Body, Piece } from './types.js';

/** Read so many bytes before new credit is sent, so that credit frames stay few. */
const CREDIT_STEP = Limits.INITIAL_CREDIT / 8;
/** More frames than this may not wait unread, however small they are. */
const MOST_PIECES = 8_192;

export interface InboundListener {
  /** The reader has taken so many bytes. */
  onCredit(bytes: number): void;
  /** The reader wants no more. */
  onUnwanted(): void;
}

/** The body that the other side sends, from the frames' arrival to the one reader. */
export class InboundBody implements Body {
  #pieces: Piece[] = [];
  #next = 0;
  #window: number = Limits.INITIAL_CREDIT;
  #read = 0;
  #isEnded = false;
  #isUnwanted = false;
  #failure: { readonly reason: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(readonly listener: InboundListener) {}

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Everything that came has been read, and there is more to come. */
  get isStarved(): boolean {
    return !this.#isEnded && this.#next === this.#pieces.length;
  }

  /** False where the other side has sent more than it had credit for. */
  push(piece: Piece): boolean {
    this.#window -= piece.bytes.length;
    if (this.#window < 0 || this.#pieces.length - this.#next >= MOST_PIECES) return false;
    if (this.#isUnwanted || piece.bytes.length === 0) return true;
    this.#pieces.push(piece);
    this.#wake?.();
    return true;
  }

  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  /** What came before is dropped: the reader learns of it at once. Without effect after the end. */
  fail(reason: unknown): void {
    if (this.#isEnded || this.#failure) return;
    this.#failure = { reason };
    this.#pieces = [];
    this.#next = 0;
    this.#wake?.();
  }

  [Symbol.asyncIterator](): AsyncIterator<Piece> {
    return {
      next: () => this.#pull(),
      return: () => {
        this.#giveUp();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  async #pull(): Promise<IteratorResult<Piece>> {
    while (!this.#failure && !this.#isUnwanted) {
      const piece = this.#pieces[this.#next];
      if (piece) return { done: false, value: this.#taken(piece) };
      if (this.#isEnded) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    if (this.#failure) throw this.#failure.reason;
    return { done: true, value: undefined };
  }

  #taken(piece: Piece): Piece {
    this.#next++;
    if (this.#next === this.#pieces.length) {
      this.#pieces = [];
      this.#next = 0;
    }
    this.#read += piece.bytes.length;
    if (this.#read >= CREDIT_STEP && !this.#isEnded) {
      this.#window += this.#read;
      this.listener.onCredit(this.#read);
      this.#read = 0;
    }
    return piece;
  }

  #giveUp(): void {
    if (this.#isUnwanted) return;
    const wasWhole = this.#isEnded && this.#next === this.#pieces.length;
    this.#isUnwanted = true;
    this.#pieces = [];
    this.#next = 0;
    this.#wake?.();
    if (!wasWhole) this.listener.onUnwanted();
  }
}
