import type { Timers } from '../time/timers.js';
import type { Hello, Located, PeerId, PeerReport, RefusalCode, Hint, Welcome, Announce } from '../wire/messages.js';

/** What the client needs of a WebSocket; `webSocket` opens a real one. */
export interface Socket {
  readonly bufferedAmount: number;
  send(message: Uint8Array<ArrayBuffer>): void;
  close(): void;
  /** Called once, in the task that made the socket. */
  listen(listener: SocketListener): void;
}

export interface SocketListener {
  onOpen(): void;
  /** Undefined: a text message, which no server of this protocol sends. */
  onMessage(message: Uint8Array | undefined): void;
  onClose(): void;
}

export interface SignalListener {
  /** Registered, also anew after an interruption: where not `resumed`, the server knows nothing of what we hold. */
  onWelcome(welcome: Welcome): void;
  /** The connection is gone; the client tries again by itself until `close`. */
  onLost(): void;
  onHint(hint: Hint): void;
  /** Not asked for: the runners of an app changed. */
  onRunners(located: Located): void;
  onRelayed(from: PeerId, payload: Uint8Array): void;
  onRefused(code: RefusalCode, reason: string): void;
}

export interface SignalOptions {
  readonly url: string;
  readonly connect: (url: string) => Socket;
  /** Called for each attempt, so that the token is a fresh one. May fail: then it is tried again later. */
  readonly hello: (signal: AbortSignal) => Promise<Pick<Hello, 'token' | 'page' | 'capabilities'>>;
  /** Signs with the key that the token names; absent for a visitor. */
  readonly prove?: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;
  readonly listener: SignalListener;
  readonly timers: Timers;
  /** In [0, 1). */
  readonly random: () => number;
  /** From an earlier page of this visitor. */
  readonly resume?: Uint8Array;
}

/**
 * One peer's connection to the signalling server. It reconnects by itself. What is said while it is not registered is
 * dropped, and the methods tell so with `false`.
 */
export interface SignalClient {
  /** Undefined while not registered. */
  readonly peer: PeerId | undefined;
  announce(change: Partial<Pick<Announce, 'gained' | 'lost' | 'runs' | 'stops'>>): boolean;
  /** Fails with a SignalError where not registered, refused, or not answered in time. */
  locate(wanted: Wanted, signal: AbortSignal): Promise<Located>;
  page(page: string): boolean;
  relay(to: PeerId, payload: Uint8Array): boolean;
  report(peers: readonly PeerReport[]): boolean;
  close(): void;
}

export interface Wanted {
  readonly resources?: readonly string[];
  readonly digests?: readonly string[];
  readonly apps?: readonly string[];
}

export class SignalError extends Error {
  constructor(
    readonly code: 'offline' | 'timeout' | 'closed',
    message: string,
  ) {
    super(message);
    this.name = 'SignalError';
  }
}
