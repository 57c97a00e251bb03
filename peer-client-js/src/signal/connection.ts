import type { Timers } from '../time/timers.js';
import { joined } from '../wire/bytes.js';
import { DecodeError } from '../wire/decode-error.js';
import type { ClientMessage, Hello, ServerMessage, Welcome } from '../wire/messages.js';
import { decodeServerMessage, encodeClientMessage } from '../wire/signalling.js';
import type { Socket } from './types.js';

/** From the first byte to the welcome. */
const WELCOME_MS = 10_000;
/** After a ping, something has to arrive within this. */
const PONG_MS = 10_000;
/** What may wait to leave; above it messages are dropped. */
const MOST_BUFFERED = 2 ** 18;
const PROVE = new TextEncoder().encode('gyre/1 prove');

export interface ConnectionListener {
  onMessage(message: Exclude<ServerMessage, { type: 'challenge' | 'pong' }>): void;
  /** Called once, last; `livedMs` counts from the welcome, 0 where there was none. */
  onEnded(reason: string, livedMs: number): void;
}

/** One WebSocket, from its opening to its end: proof of the key, heartbeat, deadlines. */
export class Connection {
  #welcome: Welcome | undefined;
  #welcomedAt = 0;
  #sentAt: number;
  #isEnded = false;
  #cancelTimer: () => void;
  #isAwaitingPong = false;
  #nonce = 0;

  constructor(
    readonly socket: Socket,
    readonly hello: Hello,
    readonly prove: ((bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>) | undefined,
    readonly timers: Timers,
    readonly listener: ConnectionListener,
  ) {
    this.#sentAt = timers.now();
    this.#cancelTimer = timers.schedule(() => {
      this.end('no welcome in time');
    }, WELCOME_MS);
    socket.listen({
      onOpen: () => {
        this.#send(hello);
      },
      onMessage: (bytes) => {
        this.#arrived(bytes);
      },
      onClose: () => {
        this.end('the connection was closed');
      },
    });
  }

  get welcome(): Welcome | undefined {
    return this.#welcome;
  }

  /** False where it was dropped: not registered, or the server takes nothing in. */
  say(message: ClientMessage): boolean {
    return this.#welcome !== undefined && this.#send(message);
  }

  end(reason: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#cancelTimer();
    this.socket.close();
    const livedMs = this.#welcome ? this.timers.now() - this.#welcomedAt : 0;
    this.#welcome = undefined;
    this.listener.onEnded(reason, livedMs);
  }

  #send(message: ClientMessage): boolean {
    if (this.#isEnded || this.socket.bufferedAmount > MOST_BUFFERED) return false;
    this.#sentAt = this.timers.now();
    this.socket.send(encodeClientMessage(message));
    return true;
  }

  #arrived(bytes: Uint8Array | undefined): void {
    if (this.#isEnded) return;
    this.#isAwaitingPong = false;
    try {
      const message = decodeServerMessage(bytes ?? new Uint8Array(0));
      if (message) this.#received(message);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.end(`a message that nobody can read: ${error.message}`);
    }
  }

  #received(message: ServerMessage): void {
    switch (message.type) {
      case 'challenge':
        void this.#proveKey(message.nonce);
        break;
      case 'pong':
        break;
      case 'welcome':
        if (this.#welcome) return;
        this.#welcome = message;
        this.#welcomedAt = this.timers.now();
        this.#beat(message.heartbeatMs);
        this.listener.onMessage(message);
        break;
      default:
        this.listener.onMessage(message);
    }
  }

  async #proveKey(nonce: Uint8Array): Promise<void> {
    if (this.#welcome || !this.prove) {
      this.end('a challenge out of place');
      return;
    }
    try {
      this.#send({ type: 'prove', signature: await this.prove(joined([PROVE, nonce])) });
    } catch (error) {
      this.end(`the key cannot sign: ${String(error)}`);
    }
  }

  #beat(heartbeatMs: number): void {
    this.#cancelTimer();
    const restMs = this.timers.now() - this.#sentAt;
    if (restMs >= heartbeatMs) {
      this.#isAwaitingPong = true;
      this.#send({ type: 'ping', nonce: this.#nonce++ });
      this.#cancelTimer = this.timers.schedule(() => {
        if (this.#isAwaitingPong) this.end('no answer to a ping');
        else this.#beat(heartbeatMs);
      }, PONG_MS);
    } else {
      this.#cancelTimer = this.timers.schedule(
        () => {
          this.#beat(heartbeatMs);
        },
        Math.max(heartbeatMs - restMs, 100),
      );
    }
  }
}
