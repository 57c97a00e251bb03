import { EMPTY_BODY } from '../exchange/body.js';
import type { ExchangeRequest, ExchangeResponse } from '../exchange/types.js';
import { openSignal } from '../signal/client.js';
import type { SignalClient, SignalListener } from '../signal/types.js';
import { webSocket } from '../signal/web-socket.js';
import type { Timers } from '../time/timers.js';
import { type Ed25519Keys, importKeys } from '../verify/keys.js';
import { fromBase64url, toBase64url } from '../wire/base64url.js';
import { DecodeError } from '../wire/decode-error.js';
import { type PeerId, type PeerSignal, SERVES } from '../wire/messages.js';
import { decodePeerSignal, encodePeerSignal, signedSignalBytes } from '../wire/peer-signal.js';
import { AppPool } from './app-pool.js';
import { startAppWorker } from './app-worker.js';
import { OfferDesk } from './offer-desk.js';
import { ProxyLinks } from './proxy-links.js';
import { offerFault } from './proxy-trust.js';

/** What the worker node tells the tab; all keys and tokens are base64url. */
export interface StartOptions {
  readonly signalUrl: string;
  readonly site: string;
  readonly token: string;
  /** `name@digest`. */
  readonly app: string;
  /** How many dedicated workers. */
  readonly cores: number;
  readonly ice?: readonly RTCIceServer[];
  /** The identity keys of the proxies that may send requests. */
  readonly proxies: readonly string[];
  /** The app's variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the app's module is; `/app.js` where absent. */
  readonly script?: string;
}

export interface RuntimeState {
  readonly registered: boolean;
  readonly peerId: string | null;
  readonly channels: number;
  readonly inFlight: number;
  readonly served: number;
  readonly failed: number;
  readonly lastError: string | null;
}

/** A worker tab: registered as a worker with a key of its own, it lends its runtime to the proxies of one site. */
export class WorkerRuntime {
  readonly #counts = { served: 0, failed: 0 };
  #token = new Uint8Array(0);
  #lastError: string | null = null;
  #started:
    | { readonly pool: AppPool; readonly signal: SignalClient; readonly links: ProxyLinks; readonly desk: OfferDesk }
    | undefined;

  constructor(
    readonly key: CryptoKeyPair,
    readonly timers: Timers,
  ) {}

  async publicKey(): Promise<string> {
    return toBase64url(new Uint8Array(await crypto.subtle.exportKey('raw', this.key.publicKey)));
  }

  /** Resolves when the app is loaded; registering goes on by itself. Fails where the app cannot be loaded. */
  async start(options: StartOptions): Promise<void> {
    if (this.#started) throw new Error('already started');
    this.#token = fromBase64url(options.token);
    const proxies = await importKeys(options.proxies);
    const pool = new AppPool({
      size: Math.max(1, options.cores),
      start: () => startAppWorker(options.script ?? '/app.js', options.env ?? {}, this.timers),
      timers: this.timers,
      onError: this.#note,
    });
    try {
      await pool.open();
    } catch (error) {
      pool.close();
      this.#note(error);
      throw error;
    }
    const signal = this.#register(options);
    const links = this.#openLinks(options, pool, signal);
    const desk = this.#openDesk(options.site, proxies, links, signal);
    this.#started = { pool, signal, links, desk };
  }

  /** For the next registration, and for the offers to come. */
  renew(token: string): void {
    this.#token = fromBase64url(token);
  }

  state(): RuntimeState {
    const peer = this.#started?.signal.peer;
    return {
      registered: peer !== undefined,
      peerId: peer ?? null,
      channels: this.#started?.links.openChannels ?? 0,
      inFlight: this.#started?.pool.inFlight ?? 0,
      ...this.#counts,
      lastError: this.#lastError,
    };
  }

  readonly #note = (error: unknown): void => {
    this.#lastError = error instanceof Error ? error.message : String(error);
    console.warn(`gyre: ${this.#lastError}`);
  };

  #register(options: StartOptions): SignalClient {
    const listener: SignalListener = {
      onWelcome: () => this.#started?.signal.announce({ runs: [options.app] }),
      onLost: () => undefined,
      onHint: () => undefined,
      onRunners: () => undefined,
      onRelayed: (from, payload) => void this.#relayed(from, payload),
      onRefused: (code, reason) => {
        this.#note(new Error(`the signalling server refused: ${code}: ${reason}`));
      },
    };
    return openSignal({
      url: options.signalUrl,
      connect: webSocket,
      hello: () => Promise.resolve({ token: this.#token, page: '', capabilities: SERVES }),
      prove: async (bytes) => this.#sign(bytes),
      listener,
      timers: this.timers,
      random: Math.random,
    });
  }

  #openLinks(options: StartOptions, pool: AppPool, signal: SignalClient): ProxyLinks {
    return new ProxyLinks({
      ice: options.ice ?? [],
      timers: this.timers,
      answer: (request, abort) => this.#answer(pool, request, abort),
      send: (to, peerSignal) => {
        signal.relay(to, encodePeerSignal(peerSignal));
      },
      signAnswer: (connection, to, sdp) => this.#signAnswer(signal, connection, to, sdp),
      onError: this.#note,
    });
  }

  async #answer(pool: AppPool, request: ExchangeRequest, signal: AbortSignal): Promise<ExchangeResponse> {
    if (!/^https?:\/\//.test(request.target)) return { status: 404, headers: [], body: EMPTY_BODY };
    try {
      const response = await pool.answer(request, signal);
      this.#counts.served++;
      return response;
    } catch (error) {
      this.#counts.failed++;
      this.#note(error);
      throw error;
    }
  }

  #openDesk(site: string, proxies: Ed25519Keys, links: ProxyLinks, signal: SignalClient): OfferDesk {
    return new OfferDesk({
      links,
      fault: (offer, from) => offerFault(offer, from, signal.peer ?? '', { site, proxies, nowMs: Date.now() }),
      onRefused: (from, fault) => {
        this.#note(new Error(`an offer of ${from} was refused: ${fault}`));
      },
    });
  }

  async #relayed(from: PeerId, payload: Uint8Array): Promise<void> {
    const { desk, signal } = this.#started ?? {};
    if (!desk || !signal?.peer) return;
    try {
      await desk.take(from, decodePeerSignal(payload));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#note(error);
    }
  }

  async #signAnswer(signal: SignalClient, connection: Uint8Array, to: PeerId, sdp: string): Promise<PeerSignal> {
    const bytes = signedSignalBytes('answer', connection, signal.peer ?? '', to, sdp);
    return { type: 'answer', connection, sdp, token: this.#token, signature: await this.#sign(bytes) };
  }

  async #sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await crypto.subtle.sign('Ed25519', this.key.privateKey, bytes));
  }
}
