import { DecodeError } from './decode-error.js';
import { bin, binOf, checked, decode, digest, headers, named, record, resource, status, str, uint } from './fields.js';
import { Limits } from './limits.js';
import type { Manifest, SignedManifest } from './messages.js';

const SIGNED = record<Omit<SignedManifest, 'manifest'>>({ body: bin(Limits.MANIFEST), signature: binOf(64) });

const BODY = record<Manifest & { readonly version: number }>({
  version: checked(uint(), (version) => version === 1),
  site: str(Limits.SITE),
  resource,
  status,
  headers,
  size: uint(Limits.REPRESENTATION),
  digest,
  hashes: bin(Limits.INLINE_CHUNKS * 32),
  issuedMs: uint(),
  lifetimeMs: uint(Limits.MANIFEST_LIFETIME_MS),
  generation: uint(),
  keyId: named(8),
});

/** Takes a manifest apart without believing a word of it; PROTOCOL.md, section 2. */
export function decodeManifest(bytes: Uint8Array): SignedManifest {
  const signed = decode(SIGNED, bytes, Limits.MANIFEST);
  const { version, ...manifest } = decode(BODY, signed.body, Limits.MANIFEST);
  const chunks = Math.ceil(manifest.size / Limits.CHUNK);
  const expected = chunks <= Limits.INLINE_CHUNKS ? chunks * 32 : 0;
  if (manifest.hashes.length !== expected) throw new DecodeError(0, `hashes for ${chunks} chunks are expected`);
  return { manifest, ...signed };
}
