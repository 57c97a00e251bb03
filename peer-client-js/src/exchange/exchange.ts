import { Limits } from '../wire/limits.js';
import type { CancelCode, PeerFrame } from '../wire/messages.js';
import { InboundBody } from './inbound-body.js';
import type { Outbox } from './outbox.js';
import { SendCredit } from './send-credit.js';
import { type Body, ExchangeError, type ExchangeResponse, type Piece } from './types.js';

export interface ExchangeOwner {
  readonly outbox: Outbox;
  now(): number;
  onSent(bytes: number): void;
  /** Both directions are done, or the exchange was cut off. */
  onClosed(exchange: Exchange): void;
}

/** The requester waits for the answer's head; the answerer has no such wait. */
export interface HeadWait {
  resolve(response: ExchangeResponse): void;
  reject(reason: unknown): void;
}

/** One request and its response, seen from one side. */
export class Exchange {
  readonly inbound: InboundBody;
  readonly credit = new SendCredit();
  /** Aborts when the exchange is cut off: stops the handler's work. */
  #stopped: AbortController | undefined;
  #head: HeadWait | undefined;
  #isSent = false;
  #isClosed = false;
  #release: () => void = () => undefined;
  #lastFrameAt: number;

  constructor(
    readonly id: number,
    readonly isRequester: boolean,
    readonly readsPacked: boolean,
    readonly owner: ExchangeOwner,
    head?: HeadWait,
  ) {
    this.#head = head;
    this.#lastFrameAt = owner.now();
    this.inbound = new InboundBody({
      onCredit: (bytes) => {
        this.send({ type: 'credit', exchange: this.id, bytes });
      },
      onUnwanted: () => {
        if (this.isRequester) this.cancel('not-wanted', new ExchangeError('not-wanted', 'the reader gave up'));
      },
    });
  }

  get signal(): AbortSignal {
    this.#stopped ??= new AbortController();
    return this.#stopped.signal;
  }

  get isHeadDue(): boolean {
    return this.#head !== undefined;
  }

  /** Since when nothing has moved, and who is to move: the other side, or whoever reads here. */
  rest(now: number): { readonly ms: number; readonly isOwed: boolean } {
    return { ms: now - this.#lastFrameAt, isOwed: this.isHeadDue || this.inbound.isStarved };
  }

  send(frame: PeerFrame): void {
    if (this.#isClosed) return;
    this.#lastFrameAt = this.owner.now();
    this.owner.outbox.frame(frame);
  }

  arrived(): void {
    this.#lastFrameAt = this.owner.now();
  }

  headArrived(status: number, headers: ExchangeResponse['headers']): void {
    this.#head?.resolve({ status, headers, body: this.inbound });
    this.#head = undefined;
  }

  endArrived(): void {
    this.inbound.end();
    this.#closeIfDone();
  }

  /** Sends a body and its end; returns early where the exchange is cut off. Fails with what the body fails with. */
  async sendBody(body: Body): Promise<void> {
    for await (const piece of body) {
      for (const bytes of parts(piece)) {
        await this.credit.take(bytes.length);
        await this.owner.outbox.turn(() => {
          if (this.#isClosed) return;
          this.send({ type: piece.isPacked ? 'packed' : 'data', exchange: this.id, payload: bytes });
          this.owner.onSent(bytes.length);
        });
      }
      if (this.#isClosed) return;
    }
    this.send({ type: 'end', exchange: this.id });
    this.#isSent = true;
    if (!this.isRequester && !this.inbound.isEnded) {
      this.cancel('not-wanted', new ExchangeError('not-wanted', 'answered before the request was read'));
    }
    this.#closeIfDone();
  }

  /** Cancels when `signal` aborts, unless the exchange is done by then. */
  cancelOn(signal: AbortSignal): void {
    const onAbort = () => {
      this.cancel('not-wanted', signal.reason);
    };
    signal.addEventListener('abort', onAbort);
    this.#release = () => {
      signal.removeEventListener('abort', onAbort);
    };
  }

  /** Tells the other side and stops everything here. */
  cancel(code: CancelCode, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.send({ type: 'cancel', exchange: this.id, code, reason: within(reason, Limits.REASON) });
    this.cutOff(error);
  }

  /** Stops everything here without a word to the other side. */
  cutOff(error: unknown): void {
    if (this.#isClosed) return;
    this.#close();
    this.#head?.reject(error);
    this.#head = undefined;
    this.inbound.fail(error);
    this.credit.fail(error);
    this.#stopped?.abort(error);
  }

  #closeIfDone(): void {
    if (this.#isClosed || !this.#isSent || !this.inbound.isEnded) return;
    this.#close();
  }

  #close(): void {
    this.#isClosed = true;
    this.#release();
    this.owner.onClosed(this);
  }
}

/** A text of at most `limit` bytes of UTF-8: longer ones are cut. */
export function within(text: string, limit: number): string {
  let cut = text.slice(0, limit);
  while (new TextEncoder().encode(cut).length > limit) cut = cut.slice(0, -1);
  return cut;
}

function* parts({ bytes, isPacked }: Piece): Generator<Uint8Array> {
  if (isPacked && bytes.length > Limits.FRAME_PAYLOAD) throw new RangeError(`a packed chunk of ${bytes.length} bytes`);
  for (let at = 0; at < bytes.length; at += Limits.FRAME_PAYLOAD) yield bytes.subarray(at, at + Limits.FRAME_PAYLOAD);
}
