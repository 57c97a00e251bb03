import { toBase64url } from './base64url.js';
import { DecodeError } from './decode-error.js';
import { readHeaders, readResource, readStatus } from './fields.js';
import { Limits } from './limits.js';
import type { Manifest, SignedManifest } from './messages.js';
import { Reader } from './reader.js';

/** Takes a manifest apart without believing a word of it; PROTOCOL.md, section 2. */
export function decodeManifest(bytes: Uint8Array): SignedManifest {
  if (bytes.length > Limits.MANIFEST) throw new DecodeError(0, `a manifest of ${bytes.length} bytes`);
  const reader = new Reader(bytes);
  reader.fields('signed manifest', 2);
  const body = reader.bin('body', Limits.MANIFEST);
  const signature = reader.binOf('signature', 64);
  reader.end();
  return { manifest: decodeBody(body), body, signature };
}

function decodeBody(body: Uint8Array): Manifest {
  const reader = new Reader(body);
  reader.fields('manifest', 12);
  if (reader.uint('version') !== 1) throw new DecodeError(1, 'unknown version of a manifest');
  const manifest = {
    site: reader.str('site', Limits.SITE),
    resource: readResource(reader),
    status: readStatus(reader),
    headers: readHeaders(reader),
    size: reader.uint('size', Limits.REPRESENTATION),
    digest: reader.digest(),
    hashes: reader.bin('hashes', Limits.INLINE_CHUNKS * 32),
    issuedMs: reader.uint('issued'),
    lifetimeMs: reader.uint('lifetime', Limits.MANIFEST_LIFETIME_MS),
    generation: reader.uint('generation'),
    keyId: toBase64url(reader.binOf('key id', 8)),
  };
  reader.end();
  const chunks = Math.ceil(manifest.size / Limits.CHUNK);
  const expected = chunks <= Limits.INLINE_CHUNKS ? chunks * 32 : 0;
  if (manifest.hashes.length !== expected) {
    throw new DecodeError(0, `${manifest.hashes.length} bytes of hashes for ${chunks} chunks`);
  }
  return manifest;
}
