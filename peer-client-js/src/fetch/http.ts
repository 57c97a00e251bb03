import type { Piece } from '../exchange/types.js';
import { Limits } from '../wire/limits.js';
import type { StoredManifest } from '../store/store.js';
import { frameBodies } from './frames.js';
import { SourceError, type Source } from './piece.js';
import { bytesOf, type ByteRange, type Run } from './range.js';

export interface HttpOptions {
  readonly manifest: StoredManifest;
  /** Of the resource. */
  readonly url: URL;
  readonly fetch: (url: URL, init: RequestInit) => Promise<Response>;
}

/** Types that zstd makes clearly smaller; the others are compressed already. */
const PACKS_WELL =
  /^(?:text\/|application\/(?:javascript|json|xml|wasm|manifest\+json)|image\/svg\+xml|font\/(?:ttf|otf))/;

/**
 * Fetches missing chunks over HTTP (PROTOCOL.md, section 6): the resource itself, whole or with Range and If-Range, or
 * content-addressed frames where those travel packed, or where the resource has no validator to hold on to.
 */
export function httpSource({ manifest, url, fetch }: HttpOptions): Source {
  const whole = manifest.size - 1;
  return async function* (run, signal) {
    const range = bytesOf(run, manifest.size);
    const isWhole = range.first === 0 && range.last === whole;
    const validator = validatorOf(manifest);
    if (travelsPacked(manifest) || (!isWhole && validator === undefined)) {
      yield* byDigest(manifest, range, isWhole, fetch, url, signal);
    } else if (isWhole || validator === undefined) {
      const response = await fetch(url, { signal });
      if (response.status !== manifest.status) throw unexpected(response, 'changed');
      yield* chunksOfBody(response, run);
    } else {
      const headers = { range: `bytes=${range.first}-${range.last}`, 'if-range': validator };
      const response = await fetch(url, { signal, headers });
      if (response.status === 200) throw unexpected(response, 'changed');
      requirePart(response, range, manifest.size);
      yield* chunksOfBody(response, run);
    }
  };
}

function header(manifest: StoredManifest, name: string): string | undefined {
  return manifest.headers.find(([field]) => field === name)?.[1];
}

export function travelsPacked(manifest: StoredManifest): boolean {
  return PACKS_WELL.test(header(manifest, 'content-type') ?? '');
}

/** A strong validator for If-Range (RFC 9110, 13.1.5). */
function validatorOf(manifest: StoredManifest): string | undefined {
  const etag = header(manifest, 'etag');
  return etag?.startsWith('"') === true ? etag : undefined;
}

async function* byDigest(
  manifest: StoredManifest,
  range: ByteRange,
  isWhole: boolean,
  fetch: HttpOptions['fetch'],
  url: URL,
  signal: AbortSignal,
): AsyncIterable<Piece> {
  const headers = isWhole ? undefined : { range: `bytes=${range.first}-${range.last}` };
  const target = new URL(`/.gyre/c/${manifest.digest}`, url);
  const response = await fetch(target, headers === undefined ? { signal } : { signal, headers });
  if (response.status !== (isWhole ? 200 : 206)) throw unexpected(response, 'failed');
  yield* frameBodies(response.body);
}

function requirePart(response: Response, range: ByteRange, size: number): void {
  const expected = `bytes ${range.first}-${range.last}/${size}`;
  if (response.status !== 206 || response.headers.get('content-range') !== expected) {
    throw unexpected(response, 'failed');
  }
}

function unexpected(response: Response, code: 'changed' | 'failed'): SourceError {
  void response.body?.cancel().catch(() => undefined);
  return new SourceError(code, `HTTP answered ${response.status}`);
}

/** Cuts a body into chunks of the representation; it begins at a chunk's first byte. */
export async function* chunksOfBody(response: Response, run: Run): AsyncIterable<Piece> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  let chunk = new Uint8Array(Limits.CHUNK);
  let filled = 0;
  let left = run.count;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      for (let at = 0; at < value.byteLength;) {
        if (left === 0) throw new SourceError('changed', 'HTTP sent more than the manifest says');
        const part = value.subarray(at, at + Limits.CHUNK - filled);
        chunk.set(part, filled);
        at += part.byteLength;
        filled += part.byteLength;
        if (filled < Limits.CHUNK) continue;
        yield { bytes: chunk, isPacked: false };
        left -= 1;
        chunk = new Uint8Array(Limits.CHUNK);
        filled = 0;
      }
    }
    if (filled > 0) yield { bytes: chunk.slice(0, filled), isPacked: false };
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
