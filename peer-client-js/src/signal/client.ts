import { Limits } from '../wire/limits.js';
import type { Announce, ClientMessage, Located, PeerReport, Refused, ServerMessage } from '../wire/messages.js';
import { Backoff } from './backoff.js';
import { Connection } from './connection.js';
import { type SignalClient, SignalError, type SignalOptions, type Wanted } from './types.js';

const LOCATE_MS = 5_000;
const MOST_LOCATES = 64;
const EMPTY = new Uint8Array(0);

/** Connects, and stays connected until `close`; PROTOCOL.md, section 4. */
export function openSignal(options: SignalOptions): SignalClient {
  return new ReconnectingClient(options);
}

interface Asked {
  resolve(located: Located): void;
  reject(reason: unknown): void;
}

class ReconnectingClient implements SignalClient {
  readonly #closed = new AbortController();
  readonly #backoff: Backoff;
  readonly #asked = new Map<number, Asked>();
  #connection: Connection | undefined;
  #resume: Uint8Array;
  #isRegistered = false;
  #nextRequest = 1;
  #goAwayMs = 0;
  #cancelRetry: () => void = () => undefined;

  constructor(readonly options: SignalOptions) {
    this.#backoff = new Backoff(options.random);
    this.#resume = options.resume ?? EMPTY;
    void this.#connect();
  }

  get peer(): string | undefined {
    return this.#connection?.welcome?.peer;
  }

  announce(change: Partial<Pick<Announce, 'gained' | 'lost' | 'runs' | 'stops'>>): boolean {
    const { gained = [], lost = [], runs = [], stops = [] } = change;
    const half = Limits.ANNOUNCE_DIGESTS / 2;
    let isSaid = true;
    for (let at = 0; at === 0 || at < Math.max(gained.length, lost.length); at += half) {
      const isFirst = at === 0;
      isSaid &&= this.#say({
        type: 'announce',
        gained: gained.slice(at, at + half),
        lost: lost.slice(at, at + half),
        runs: isFirst ? runs : [],
        stops: isFirst ? stops : [],
      });
    }
    return isSaid;
  }

  async locate(wanted: Wanted, signal: AbortSignal): Promise<Located> {
    signal.throwIfAborted();
    if (this.#asked.size >= MOST_LOCATES) throw new SignalError('timeout', 'too many questions are open');
    const request = this.#nextRequest++;
    const { resources = [], digests = [], apps = [] } = wanted;
    if (!this.#say({ type: 'locate', request, resources, digests, apps })) {
      throw new SignalError('offline', 'not registered with the signalling server');
    }
    return this.#answer(request, signal);
  }

  page(page: string): boolean {
    return this.#say({ type: 'page', page });
  }

  relay(to: string, payload: Uint8Array): boolean {
    return this.#say({ type: 'relay', to, payload });
  }

  report(peers: readonly PeerReport[]): boolean {
    let isSaid = true;
    for (let at = 0; at < peers.length; at += Limits.REPORT_PEERS) {
      isSaid &&= this.#say({ type: 'report', peers: peers.slice(at, at + Limits.REPORT_PEERS) });
    }
    return isSaid;
  }

  close(): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort(new SignalError('closed', 'the client was closed'));
    this.#cancelRetry();
    this.#connection?.end('closed');
  }

  #say(message: ClientMessage): boolean {
    return this.#connection?.say(message) ?? false;
  }

  #answer(request: number, signal: AbortSignal): Promise<Located> {
    return new Promise<Located>((resolve, reject) => {
      const onAbort = () => {
        asked.reject(signal.reason);
      };
      const cancelDeadline = this.options.timers.schedule(() => {
        asked.reject(new SignalError('timeout', 'no answer to a question'));
      }, LOCATE_MS);
      const done = () => {
        this.#asked.delete(request);
        cancelDeadline();
        signal.removeEventListener('abort', onAbort);
      };
      const asked: Asked = {
        resolve: (located) => {
          done();
          resolve(located);
        },
        reject: (reason) => {
          done();
          reject(reason instanceof Error ? reason : new SignalError('closed', String(reason)));
        },
      };
      signal.addEventListener('abort', onAbort);
      this.#asked.set(request, asked);
    });
  }

  async #connect(): Promise<void> {
    const { url, connect, hello, prove, timers } = this.options;
    try {
      const said = await hello(this.#closed.signal);
      if (this.#closed.signal.aborted) return;
      const { token, page, capabilities } = said;
      const version = Limits.PROTOCOL_VERSION;
      const first = { type: 'hello', version, token, resume: this.#resume, page, capabilities } as const;
      this.#connection = new Connection(connect(url), first, prove, timers, {
        onMessage: (message) => {
          this.#received(message);
        },
        onEnded: (_, livedMs) => {
          this.#ended(livedMs);
        },
      });
    } catch {
      this.#retry(0);
    }
  }

  #received(message: Exclude<ServerMessage, { type: 'challenge' | 'pong' }>): void {
    const { listener } = this.options;
    switch (message.type) {
      case 'welcome':
        this.#resume = message.resume;
        this.#isRegistered = true;
        listener.onWelcome(message);
        break;
      case 'located':
        if (message.request === 0) listener.onRunners(message);
        else this.#asked.get(message.request)?.resolve(message);
        break;
      case 'relayed':
        listener.onRelayed(message.from, message.payload);
        break;
      case 'hint':
        listener.onHint(message);
        break;
      case 'refused':
        this.#refused(message);
        break;
      case 'goaway':
        this.#goAwayMs = message.reconnectMs;
        this.#connection?.end('the server goes away');
        break;
      default:
        message satisfies never;
    }
  }

  #refused({ code, reason }: Refused): void {
    if (code === 'version' || code === 'malformed' || code === 'proof') this.#backoff.discourage();
    this.options.listener.onRefused(code, reason);
  }

  #ended(livedMs: number): void {
    const wasRegistered = this.#isRegistered;
    this.#connection = undefined;
    this.#isRegistered = false;
    for (const asked of [...this.#asked.values()]) asked.reject(new SignalError('offline', 'the connection was lost'));
    if (wasRegistered) this.options.listener.onLost();
    this.#retry(livedMs);
  }

  #retry(livedMs: number): void {
    if (this.#closed.signal.aborted) return;
    const delayMs = this.#backoff.delayMs(livedMs) + this.#goAwayMs;
    this.#goAwayMs = 0;
    this.#cancelRetry = this.options.timers.schedule(() => void this.#connect(), delayMs);
  }
}
