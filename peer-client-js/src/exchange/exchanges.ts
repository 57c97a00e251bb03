import { DecodeError } from '../wire/decode-error.js';
import { decodeFrames } from '../wire/frames.js';
import { Limits } from '../wire/limits.js';
import { deferred } from '../time/deferred.js';
import type { CancelCode, HeaderField, PeerFrame } from '../wire/messages.js';
import { Exchange, type ExchangeOwner, within } from './exchange.js';
import { Outbox } from './outbox.js';
import {
  type Channel,
  type ExchangeCounts,
  ExchangeError,
  type ExchangeRequest,
  type ExchangeResponse,
  type Exchanges,
  type ExchangesOptions,
} from './types.js';

/** A reader here, or one over there, may rest so long before the exchange is given up. */
const RESTING_READER_MS = 60_000;

/** Opens the exchange engine on `channel`; PROTOCOL.md, section 5. */
export function openExchanges(channel: Channel, options: ExchangesOptions): Exchanges {
  return new ChannelExchanges(channel, options);
}

class ChannelExchanges implements Exchanges, ExchangeOwner {
  readonly #closed = deferred<ExchangeError>();
  readonly closed = this.#closed.promise;
  readonly outbox: Outbox;
  readonly #open = new Map<number, Exchange>();
  readonly #counts = { sent: 0, received: 0 };
  /** How many of the open exchanges the other side began. */
  #answering = 0;
  #nextLocal: number;
  #lastRemote: number;
  #cancelTimer: () => void;
  #isWatching = false;
  #failure: ExchangeError | undefined;

  constructor(
    readonly channel: Channel,
    readonly options: ExchangesOptions,
  ) {
    this.#nextLocal = options.isOfferer ? 1 : 2;
    this.#lastRemote = options.isOfferer ? 0 : -1;
    this.outbox = new Outbox(channel, options.timers, (code, reason) => {
      this.close(code, reason);
    });
    this.#cancelTimer = options.timers.schedule(() => {
      this.close('deadline', 'the channel did not open');
    }, options.openMs);
    channel.listen({
      onOpen: () => {
        this.#opened();
      },
      onMessage: (message) => {
        this.#received(message);
      },
      onDrained: () => {
        this.outbox.drained();
      },
      onClose: () => {
        this.#ended(new ExchangeError('closed', 'the channel was closed', true));
      },
    });
  }

  now(): number {
    return this.options.timers.now();
  }

  counts(): ExchangeCounts {
    return { ...this.#counts, open: this.#open.size };
  }

  async request(request: ExchangeRequest, signal: AbortSignal): Promise<ExchangeResponse> {
    signal.throwIfAborted();
    if (this.#failure) throw this.#failure;
    if (this.#open.size - this.#answering >= Limits.OPEN_EXCHANGES)
      throw new ExchangeError('overloaded', 'too many open exchanges');
    const { method, target, headers } = request;
    const head = deferred<ExchangeResponse>();
    const exchange = new Exchange(this.#nextLocal, true, readsPacked(headers), this, head);
    exchange.send({ type: 'request', exchange: exchange.id, method, target, headers });
    this.#nextLocal += 2;
    this.#add(exchange);
    exchange.cancelOn(signal);
    void this.#sendBody(exchange, request);
    return head.promise;
  }

  close(code: CancelCode, reason: string): void {
    const last = { type: 'cancel', exchange: 0, code, reason: within(reason, Limits.REASON) } as const;
    this.#ended(new ExchangeError(code, reason, true), last);
  }

  onSent(bytes: number): void {
    this.#counts.sent += bytes;
  }

  onClosed(exchange: Exchange): void {
    if (this.#open.delete(exchange.id) && !exchange.isRequester) this.#answering--;
  }

  #opened(): void {
    if (this.#failure) return;
    this.#cancelTimer();
    this.outbox.open();
    this.#watch();
  }

  #ended(error: ExchangeError, last?: PeerFrame): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#cancelTimer();
    this.outbox.close(last);
    for (const exchange of [...this.#open.values()]) exchange.cutOff(error);
    this.channel.close();
    this.#closed.resolve(error);
  }

  #received(message: Uint8Array<ArrayBuffer>): void {
    if (this.#failure) return;
    try {
      for (const frame of decodeFrames(message)) this.#frame(frame, message.length);
    } catch (error) {
      if (error instanceof DecodeError) this.close('malformed', error.message);
      else if (error instanceof ExchangeError) this.close(codeOf(error), error.message);
      else throw error;
    }
  }

  #frame(frame: PeerFrame, messageLength: number): void {
    if (this.#failure) return;
    if (frame.exchange === 0) this.#channelFrame(frame);
    else if (frame.type === 'request') this.#requested(frame);
    else {
      const exchange = this.#open.get(frame.exchange);
      if (exchange) this.#exchangeFrame(exchange, frame, messageLength);
      else this.#checkWasOpen(frame);
    }
  }

  #channelFrame(frame: PeerFrame): void {
    if (frame.type !== 'cancel') throw new ExchangeError('malformed', `${frame.type} on exchange 0`);
    this.#ended(new ExchangeError(frame.code, `the other side closed: ${frame.reason}`, true));
  }

  #requested(frame: PeerFrame & { type: 'request' }): void {
    if (this.#isLocal(frame.exchange) || frame.exchange <= this.#lastRemote) {
      throw new ExchangeError('malformed', `request ${frame.exchange} is out of order`);
    }
    this.#lastRemote = frame.exchange;
    const exchange = new Exchange(frame.exchange, false, false, this);
    if (this.#answering >= Limits.OPEN_EXCHANGES) {
      exchange.cancel('overloaded', new ExchangeError('overloaded', 'too many open exchanges'));
      return;
    }
    this.#add(exchange);
    void this.#answer(exchange, frame);
  }

  #checkWasOpen(frame: PeerFrame): void {
    const { exchange } = frame;
    const wasOpen = this.#isLocal(exchange) ? exchange < this.#nextLocal : exchange <= this.#lastRemote;
    if (!wasOpen)
      throw new ExchangeError('malformed', `${frame.type} for exchange ${exchange}, which was never opened`);
  }

  #exchangeFrame(exchange: Exchange, frame: Exclude<PeerFrame, { type: 'request' }>, messageLength: number): void {
    exchange.arrived();
    const isExpected = exchange.isRequester ? exchange.isHeadDue : false;
    switch (frame.type) {
      case 'response':
        if (!isExpected || frame.status < 200 || frame.status > 599) {
          throw new ExchangeError('malformed', `response ${frame.status} is out of place`);
        }
        exchange.headArrived(frame.status, frame.headers);
        break;
      case 'data':
      case 'packed':
        this.#bodyFrame(exchange, frame, messageLength);
        break;
      case 'end':
        if (isExpected || exchange.inbound.isEnded) throw new ExchangeError('malformed', 'end is out of place');
        exchange.endArrived();
        break;
      case 'cancel':
        exchange.cutOff(new ExchangeError(frame.code, `the other side cancelled: ${frame.reason}`));
        break;
      case 'credit':
        exchange.credit.grant(frame.bytes);
        break;
      default:
        frame satisfies never;
    }
  }

  #bodyFrame(exchange: Exchange, frame: PeerFrame & { type: 'data' | 'packed' }, messageLength: number): void {
    const isPacked = frame.type === 'packed';
    if (exchange.isHeadDue || exchange.inbound.isEnded || (isPacked && !exchange.readsPacked)) {
      throw new ExchangeError('malformed', `${frame.type} is out of place`);
    }
    // A small view would keep its whole message alive.
    const bytes = frame.payload.length * 2 < messageLength ? frame.payload.slice() : frame.payload;
    this.#counts.received += bytes.length;
    if (!exchange.inbound.push({ bytes, isPacked })) throw new ExchangeError('limit', 'more data than credit');
  }

  #isLocal(id: number): boolean {
    return (id % 2 === 1) === this.options.isOfferer;
  }

  #add(exchange: Exchange): void {
    this.#open.set(exchange.id, exchange);
    if (!exchange.isRequester) this.#answering++;
    this.#watch();
  }

  async #sendBody(exchange: Exchange, message: ExchangeRequest | ExchangeResponse): Promise<void> {
    try {
      await exchange.sendBody(message.body);
    } catch (error) {
      exchange.cancel(codeOf(error), error);
    }
  }

  async #answer(exchange: Exchange, { method, target, headers }: PeerFrame & { type: 'request' }): Promise<void> {
    let response: ExchangeResponse | undefined;
    try {
      response = await this.options.answer({ method, target, headers, body: exchange.inbound }, exchange.signal);
      exchange.send({ type: 'response', exchange: exchange.id, status: response.status, headers: response.headers });
    } catch (error) {
      exchange.cancel(codeOf(error), error);
      void response?.body[Symbol.asyncIterator]().return?.();
      return;
    }
    await this.#sendBody(exchange, response);
  }

  /** Looks after exchanges that rest, as long as there are any. */
  #watch(): void {
    if (this.#isWatching || this.#failure || this.#open.size === 0) return;
    this.#isWatching = true;
    const stepMs = this.options.idleMs / 4;
    const cancel = this.options.timers.schedule(() => {
      this.#isWatching = false;
      this.#giveUpResting();
      this.#watch();
    }, stepMs);
    void this.closed.then(cancel);
  }

  #giveUpResting(): void {
    const now = this.now();
    for (const exchange of [...this.#open.values()]) {
      const { ms, isOwed } = exchange.rest(now);
      const patienceMs = isOwed && exchange.isRequester ? this.options.idleMs : RESTING_READER_MS;
      if (ms < patienceMs) continue;
      exchange.cancel('deadline', new ExchangeError('deadline', `nothing moved for ${Math.round(ms)} ms`));
    }
  }
}

function codeOf(error: unknown): CancelCode {
  return error instanceof ExchangeError && error.code !== 'closed' ? error.code : 'failed';
}

function readsPacked(headers: readonly HeaderField[]): boolean {
  return headers.some(([name, value]) => name === 'te' && value.includes('zstd'));
}
