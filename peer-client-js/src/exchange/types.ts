import type { Timers } from '../time/timers.js';
import type { CancelCode, HeaderField } from '../wire/messages.js';

/** What exchanges need of a data channel; `rtcChannel` makes one of an RTCDataChannel. */
export interface Channel {
  /** Bytes handed to `send` that have not left yet. */
  readonly bufferedAmount: number;
  /** Takes a copy at once. May throw once the channel is closed. Called only after `onOpen`. */
  send(message: Uint8Array<ArrayBuffer>): void;
  close(): void;
  /** Called once, before anything else. What arrived earlier is delivered to the listener first. */
  listen(listener: ChannelListener): void;
}

export interface ChannelListener {
  onOpen(): void;
  onMessage(message: Uint8Array<ArrayBuffer>): void;
  /** `bufferedAmount` has fallen to the low-water mark. */
  onDrained(): void;
  onClose(): void;
}

/** A piece of a body: one frame. Where `isPacked`, it is one zstd frame that decodes to exactly one chunk. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly isPacked: boolean;
}

/**
 * Pulled once, by one reader; not pulling is back-pressure. Ending early (`break`, `return()`) cancels what is left. Fails
 * with an ExchangeError where the exchange was cut off.
 */
export type Body = AsyncIterable<Piece>;

export interface ExchangeRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly HeaderField[];
  readonly body: Body;
}

export interface ExchangeResponse {
  readonly status: number;
  readonly headers: readonly HeaderField[];
  readonly body: Body;
}

/** Answers what the other side asks. `signal` aborts when nobody waits for the answer any more. */
export type Answerer = (request: ExchangeRequest, signal: AbortSignal) => Promise<ExchangeResponse>;

/** Why an exchange or its whole channel ended; `isChannel` where the channel is gone with it. */
export class ExchangeError extends Error {
  constructor(
    readonly code: CancelCode | 'closed',
    message: string,
    readonly isChannel = false,
  ) {
    super(message);
    this.name = 'ExchangeError';
  }
}

export interface ExchangesOptions {
  /** The offerer of the connection opens odd exchanges, the answerer even ones. */
  readonly isOfferer: boolean;
  readonly answer: Answerer;
  readonly timers: Timers;
  /** How long the channel may take to open. */
  readonly openMs: number;
  /** How long an exchange may rest without a frame in either direction while the other side owes one. */
  readonly idleMs: number;
}

export interface ExchangeCounts {
  /** Bytes of bodies. */
  readonly sent: number;
  readonly received: number;
  readonly open: number;
}

/** Both ends of the exchanges on one channel. */
export interface Exchanges {
  /**
   * Sends a request and settles with the head of its answer. `signal` cancels the exchange up to the end of the answer's
   * body; its reason is what the promise, or the body's reader, fails with.
   */
  request(request: ExchangeRequest, signal: AbortSignal): Promise<ExchangeResponse>;
  /** Resolves once, with the reason, when the channel is gone; never rejects. */
  readonly closed: Promise<ExchangeError>;
  counts(): ExchangeCounts;
  close(code: CancelCode, reason: string): void;
}

/** Opens the exchange engine on `channel`. */
export type OpenExchanges = (channel: Channel, options: ExchangesOptions) => Exchanges;
