import { DecodeError } from '../wire/decode-error.js';
import { Limits } from '../wire/limits.js';
import { decodeManifest } from '../wire/manifest.js';
import type { Manifest, Resource, SignedManifest } from '../wire/messages.js';
import { chunkCount, digestOf } from './digest.js';
import { type Ed25519Keys, verifies } from './keys.js';

export type Rejection =
  | 'malformed'
  | 'unknown-key'
  | 'signature'
  | 'site'
  | 'resource'
  | 'not-yet-valid'
  | 'expired'
  | 'generation'
  | 'digest';

export type ManifestVerdict =
  | { readonly type: 'verified'; readonly manifest: Manifest }
  | { readonly type: 'rejected'; readonly reason: Rejection };

/** What a manifest is held against. */
export interface ManifestExpectation {
  readonly site: string;
  /** By the key ids of the session answer. */
  readonly keys: Ed25519Keys;
  /** The server's time, in ms since 1970. */
  readonly nowMs: number;
  /** The highest generation seen of this site. */
  readonly generation: number;
  /** Whose manifest it has to be; absent where it may be any resource's. */
  readonly resource?: Resource;
}

/** Decides whether a manifest may be believed; PROTOCOL.md, section 2, in the order given there. */
export async function checkManifest(encoded: Uint8Array, expected: ManifestExpectation): Promise<ManifestVerdict> {
  let signed: SignedManifest;
  try {
    signed = decodeManifest(encoded);
  } catch (error) {
    if (error instanceof DecodeError) return { type: 'rejected', reason: 'malformed' };
    throw error;
  }
  const { manifest, body, signature } = signed;
  const key = expected.keys.get(manifest.keyId);
  const reason: Rejection | undefined = !key
    ? 'unknown-key'
    : !(await verifies(key, body, signature))
      ? 'signature'
      : (contentFault(manifest, expected) ?? (await digestFault(manifest)));
  return reason ? { type: 'rejected', reason } : { type: 'verified', manifest };
}

function contentFault(manifest: Manifest, expected: ManifestExpectation): Rejection | undefined {
  const { nowMs } = expected;
  if (manifest.site !== expected.site) return 'site';
  if (expected.resource !== undefined && manifest.resource !== expected.resource) return 'resource';
  if (manifest.issuedMs > nowMs + Limits.CLOCK_TOLERANCE_MS) return 'not-yet-valid';
  if (nowMs >= manifest.issuedMs + manifest.lifetimeMs + Limits.CLOCK_TOLERANCE_MS) return 'expired';
  return manifest.generation < expected.generation ? 'generation' : undefined;
}

async function digestFault({ size, hashes, digest }: Manifest): Promise<Rejection | undefined> {
  if (chunkCount(size) > Limits.INLINE_CHUNKS) return undefined;
  return (await digestOf(size, hashes)) === digest ? undefined : 'digest';
}
