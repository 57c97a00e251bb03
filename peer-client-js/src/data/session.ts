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

type Fields = Readonly<Record<string, unknown>>;

/** Takes the answer apart; relative URLs in it are relative to `base`. Throws a SessionError. */
export function parseSession(text: string, base: URL): Session {
  const answer = record(JSON.parse(text) as unknown);
  const policy = record(answer['policy']);
  const signalUrl = new URL(string(answer, 'signal'), base);
  signalUrl.protocol = signalUrl.protocol.replace(/^http/, 'ws');
  return {
    site: string(answer, 'site'),
    policy: {
      consent: CONSENTS.find((known) => known === policy['consent']) ?? refuse('consent'),
      hedgeMs: number(policy, 'hedgeMs', 150),
      elementMs: number(policy, 'elementMs', 300),
      uploadRate: number(policy, 'uploadRate', 2 ** 21),
      uploadVolume: number(policy, 'uploadVolume', 200 * 2 ** 20),
      eligible: list(policy, 'eligible', MOST_PATTERNS).map(asText),
      never: list(policy, 'never', MOST_PATTERNS).map(asText),
    },
    keys: new Map(list(answer, 'keys', MOST_KEYS).map(key)),
    ice: list(answer, 'ice', MOST_ICE).map(iceServer),
    token: tokenBytes(string(answer, 'token')),
    signalUrl: signalUrl.href,
    timeMs: number(answer, 'time'),
  };
}

function refuse(what: string): never {
  throw new SessionError(`not as it has to be: ${what}`);
}

function record(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : refuse('an object');
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : refuse('a text');
}

function string(fields: Fields, name: string): string {
  return asText(fields[name] ?? refuse(name));
}

function number(fields: Fields, name: string, otherwise?: number): number {
  const value = fields[name] ?? otherwise;
  return typeof value === 'number' && value >= 0 ? value : refuse(name);
}

function list(fields: Fields, name: string, most: number): readonly unknown[] {
  const value = fields[name] ?? [];
  return Array.isArray(value) && value.length <= most ? value : refuse(name);
}

function key(value: unknown): [string, Uint8Array<ArrayBuffer>] {
  const fields = record(value);
  const raw = fromBase64url(string(fields, 'key'));
  return raw.byteLength === 32 ? [string(fields, 'id'), raw] : refuse('key');
}

function tokenBytes(text: string): Uint8Array {
  const bytes = fromBase64url(text);
  return bytes.byteLength <= Limits.TOKEN ? bytes : refuse('token');
}

function iceServer(value: unknown): IceServer {
  const fields = record(value);
  const { username, credential } = fields;
  const urls = typeof fields['urls'] === 'string' ? [fields['urls']] : list(fields, 'urls', MOST_ICE);
  return {
    urls: urls.map(asText),
    ...(typeof username === 'string' && username !== '' ? { username } : {}),
    ...(typeof credential === 'string' && credential !== '' ? { credential } : {}),
  };
}
