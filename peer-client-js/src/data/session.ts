import type { Eligibility } from '../fetch/eligible.js';
import type { Consent, IceServer } from '../port/messages.js';
import { fromBase64url } from '../wire/base64url.js';
import { Limits } from '../wire/limits.js';

/** What `/.gyre/session` tells a visitor (PROTOCOL.md, section 6). It comes from the site's own origin and is believed. */
export interface Session {
  readonly site: string;
  readonly policy: Policy;
  /** By key id, base64url. */
  readonly keys: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly ice: readonly IceServer[];
  readonly token: Uint8Array;
  readonly signalUrl: string;
  /** The server's clock when the answer was made. */
  readonly timeMs: number;
}

export interface Policy extends Eligibility {
  readonly consent: Consent;
  readonly hedgeMs: number;
  readonly elementMs: number;
  /** Bytes per second, and bytes per session of a tab. */
  readonly uploadRate: number;
  readonly uploadVolume: number;
}

/** The session answer is not what it has to be. */
export class SessionError extends Error {
  readonly code = 'session';

  constructor(message: string) {
    super(message);
    this.name = 'SessionError';
  }
}

const CONSENTS: readonly Consent[] = ['implied', 'ask', 'off'];
const MOST_KEYS = 16;
const MOST_PATTERNS = 256;
const MOST_ICE = 16;

/** Takes the answer apart; relative URLs in it are relative to `base`. Throws a SessionError. */
export function parseSession(text: string, base: URL): Session {
  const answer = record(JSON.parse(text) as unknown, 'session');
  const policy = record(answer['policy'], 'policy');
  const signalUrl = new URL(string(answer['signal'], 'signal'), base);
  signalUrl.protocol = signalUrl.protocol.replace(/^http/, 'ws');
  return {
    site: string(answer['site'], 'site'),
    policy: {
      consent: consent(policy['consent']),
      hedgeMs: number(policy['hedgeMs'], 'hedgeMs', 150),
      elementMs: number(policy['elementMs'], 'elementMs', 300),
      uploadRate: number(policy['uploadRate'], 'uploadRate', 2 ** 21),
      uploadVolume: number(policy['uploadVolume'], 'uploadVolume', 200 * 2 ** 20),
      eligible: list(policy['eligible'], 'eligible', MOST_PATTERNS).map((item) => string(item, 'eligible')),
      never: list(policy['never'], 'never', MOST_PATTERNS).map((item) => string(item, 'never')),
    },
    keys: new Map(list(answer['keys'], 'keys', MOST_KEYS).map(key)),
    ice: list(answer['ice'], 'ice', MOST_ICE).map(iceServer),
    token: tokenBytes(answer['token']),
    signalUrl: signalUrl.href,
    timeMs: number(answer['time'], 'time'),
  };
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new SessionError(`${what} is no object`);
  return value as Record<string, unknown>;
}

function string(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new SessionError(`${what} is no text`);
  return value;
}

function number(value: unknown, what: string, otherwise?: number): number {
  if (value === undefined && otherwise !== undefined) return otherwise;
  if (typeof value !== 'number' || !(value >= 0)) throw new SessionError(`${what} is no number`);
  return value;
}

function list(value: unknown, what: string, most: number): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > most) throw new SessionError(`${what} is no list of at most ${most}`);
  return value;
}

function consent(value: unknown): Consent {
  const found = CONSENTS.find((known) => known === value);
  if (found === undefined) throw new SessionError('consent is none of implied, ask, off');
  return found;
}

function key(value: unknown): [string, Uint8Array<ArrayBuffer>] {
  const fields = record(value, 'key');
  const raw = fromBase64url(string(fields['key'], 'key'));
  if (raw.byteLength !== 32) throw new SessionError('a key has 32 bytes');
  return [string(fields['id'], 'key id'), raw];
}

function tokenBytes(value: unknown): Uint8Array {
  const bytes = fromBase64url(string(value, 'token'));
  if (bytes.byteLength > Limits.TOKEN) throw new SessionError('the token is too long');
  return bytes;
}

function iceServer(value: unknown): IceServer {
  const fields = record(value, 'ICE server');
  const urls = typeof fields['urls'] === 'string' ? [fields['urls']] : list(fields['urls'], 'urls', MOST_ICE);
  const { username, credential } = fields;
  return {
    urls: urls.map((url) => string(url, 'ICE URL')),
    ...(typeof username === 'string' && username !== '' ? { username } : {}),
    ...(typeof credential === 'string' && credential !== '' ? { credential } : {}),
  };
}
