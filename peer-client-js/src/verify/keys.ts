import { fromBase64url, toBase64url } from '../wire/base64url.js';
import { sha256 } from './digest.js';

/** Public keys by their ids, both as in the session answer. */
export type Ed25519Keys = ReadonlyMap<string, CryptoKey>;

/** Takes raw 32-byte keys as base64url. A text that is no key is left out: nothing then verifies by it. */
export async function importKeys(texts: readonly string[]): Promise<Ed25519Keys> {
  const keys = new Map<string, CryptoKey>();
  for (const text of texts) {
    try {
      const raw = fromBase64url(text);
      keys.set(await keyId(raw), await importKey(raw));
    } catch {
      continue;
    }
  }
  return keys;
}

/** Fails where these are not the 32 bytes of a public key. */
export function importKey(raw: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw.slice(), 'Ed25519', false, ['verify']);
}

/** The first 8 bytes of the SHA-256 of the raw key, as base64url. */
export async function keyId(raw: Uint8Array): Promise<string> {
  return toBase64url((await sha256(raw)).subarray(0, 8));
}

export function verifies(key: CryptoKey, bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return crypto.subtle.verify('Ed25519', key, signature.slice(), bytes.slice());
}
