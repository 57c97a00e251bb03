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
  #keys: Ed25519Keys = new Map();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get current(): Session | undefined {
    return this.#session;
  }

  get keys(): Promise<Ed25519Keys> {
    return Promise.resolve(this.#keys);
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
        const session = await this.#take(carried.session, ageMs);
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
    const session = await this.#take(text, 0);
    this.#options.onNews(session, text);
    return session;
  }

  /** A visitor whose browser can use no key of the site would pay and gain nothing: it takes no part. */
  async #take(text: string, ageMs: number): Promise<Session> {
    const { timers, wallMs, base } = this.#options;
    const parsed = parseSession(text, base);
    const [now, wallNow] = [timers.now(), wallMs()];
    this.#keys = await imported(parsed);
    const session: Session = this.#keys.size > 0 ? parsed : { ...parsed, policy: { ...parsed.policy, consent: 'off' } };
    this.#session = session;
    this.#offsetMs = session.timeMs + ageMs - now;
    this.#wallOffsetMs = session.timeMs + ageMs - wallNow;
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
