import type { Carried } from '../port/messages.js';
import type { Timers } from '../time/timers.js';
import { type Ed25519Keys, importKey } from '../verify/keys.js';
import { parseSession, type Session } from './session.js';

export interface SessionsOptions {
  readonly fetch: (url: URL, init: RequestInit) => Promise<Response>;
  readonly base: URL;
  readonly timers: Timers;
  /** Date.now(): goes on while the device sleeps, which a monotonic clock may not. */
  readonly wallMs: () => number;
  readonly onNews: (session: Session, text: string) => void;
}

/** How old an earlier page's answer may be to be used until a fresh one is here. */
const CARRIED_MS = 300_000;
/** A token is taken for a new attempt to connect while the answer is younger. */
const FRESH_MS = 60_000;
const DEADLINE_MS = 10_000;
/** Where the two clocks are further apart, the device slept, or its clock was set: the server is asked for the time. */
const APART_MS = 30_000;

/** The site's answer to who we may be: fetched, remembered, fetched anew when it has aged. */
export class Sessions {
  readonly #options: SessionsOptions;
  #session: Session | undefined;
  #offsetMs = 0;
  #wallOffsetMs = 0;
  #keys: Promise<Ed25519Keys> = Promise.resolve(new Map());

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get current(): Session | undefined {
    return this.#session;
  }

  get keys(): Promise<Ed25519Keys> {
    return this.#keys;
  }

  /** The server's time: its word in the last answer, and the time since, by the clock that says it is later. */
  clockMs(): number {
    const steadyMs = this.#options.timers.now() + this.#offsetMs;
    const wallMs = this.#options.wallMs() + this.#wallOffsetMs;
    const laterMs = Math.max(steadyMs, wallMs);
    if (Math.abs(wallMs - steadyMs) > APART_MS) {
      this.#offsetMs += laterMs - steadyMs;
      this.#wallOffsetMs += laterMs - wallMs;
      void this.refresh().catch(() => undefined);
    }
    return laterMs;
  }

  /** Begins with what an earlier page left, where that is young enough. */
  async begin(carried: Carried | undefined): Promise<Session> {
    const ageMs = carried === undefined ? Infinity : this.#options.wallMs() - carried.sessionMs;
    if (carried !== undefined && ageMs >= 0 && ageMs < CARRIED_MS) {
      try {
        const session = this.#take(carried.session, ageMs);
        void this.refresh().catch(() => undefined);
        return session;
      } catch {
        // What was left is no session answer any more: fetch one.
      }
    }
    return this.refresh();
  }

  /** A session whose token is young enough to connect with. */
  fresh(): Promise<Session> {
    const session = this.#session;
    const isFresh = session !== undefined && this.clockMs() - session.timeMs < FRESH_MS;
    return isFresh ? Promise.resolve(session) : this.refresh();
  }

  async refresh(): Promise<Session> {
    const url = new URL('/.gyre/session', this.#options.base);
    const response = await this.#options.fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(DEADLINE_MS) });
    if (!response.ok) throw new Error(`the session answer is ${response.status}`);
    const text = await response.text();
    const session = this.#take(text, 0);
    this.#options.onNews(session, text);
    return session;
  }

  #take(text: string, ageMs: number): Session {
    const session = parseSession(text, this.#options.base);
    const now = this.#options.timers.now();
    this.#session = session;
    this.#offsetMs = session.timeMs + ageMs - now;
    this.#wallOffsetMs = session.timeMs + ageMs - this.#options.wallMs();
    this.#keys = imported(session);
    return session;
  }
}

async function imported(session: Session): Promise<Ed25519Keys> {
  const keys = new Map<string, CryptoKey>();
  for (const [id, raw] of session.keys) {
    try {
      keys.set(id, await importKey(raw));
    } catch {
      // This browser knows no Ed25519, or the key is none: nothing then verifies by it.
    }
  }
  return keys;
}
