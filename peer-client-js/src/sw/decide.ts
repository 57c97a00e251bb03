import { type Eligibility, isEligible, resourceOf } from '../fetch/eligible.js';

/** What a decision needs of a request; read from it without waiting. */
export interface RequestFacts {
  readonly url: string;
  readonly method: string;
  readonly mode: string;
  readonly destination: string;
  readonly cache: string;
  readonly referrer: string;
  readonly header: (name: string) => string | null;
}

export type Decision =
  | { readonly kind: 'pass'; readonly why: string }
  | { readonly kind: 'answer'; readonly url: URL; readonly resource: string; readonly range: string | null };

/** What pages show and load; never documents, frames, workers or reports. */
const DESTINATIONS = new Set(['', 'image', 'video', 'audio', 'font', 'style', 'script', 'track']);
const CACHE_MODES = new Set(['default', 'force-cache']);
/** Fields with which a request asks for more than the representation. */
const SPECIAL = [
  'authorization',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'cache-control',
  'pragma',
];
const OWN_WORKER = '/.gyre/peer-data.js';

/** Whether a request may be answered from the store or by peers (DESIGN, 4a and 6). Never waits. */
export function decide(request: RequestFacts, origin: string, policy: Eligibility): Decision {
  if (request.method !== 'GET') return pass('method');
  const url = new URL(request.url);
  if (url.origin !== origin) return pass('another origin');
  if (request.mode === 'navigate' || !DESTINATIONS.has(request.destination)) return pass('destination');
  if (!CACHE_MODES.has(request.cache)) return pass('cache mode');
  if (new URL(request.referrer || origin, origin).pathname === OWN_WORKER) return pass('our own');
  if (!isEligible(url, policy)) return pass('policy');
  if (SPECIAL.some((name) => request.header(name) !== null)) return pass('header');
  return { kind: 'answer', url, resource: resourceOf(url), range: request.header('range') };
}

function pass(why: string): Decision {
  return { kind: 'pass', why };
}
