import { toBase64url } from '../wire/base64url.js';
import { Limits } from '../wire/limits.js';
import type { Digest } from '../wire/messages.js';

const HASH = 32;

/** SHA-256. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

/** How many chunks a representation of `size` bytes has. */
export function chunkCount(size: number): number {
  return Math.ceil(size / Limits.CHUNK);
}

export function chunkLength(size: number, index: number): number {
  return Math.max(0, Math.min(Limits.CHUNK, size - index * Limits.CHUNK));
}

/** The one name of a representation, from its size and the hashes of its chunks; PROTOCOL.md, section 1. */
export async function digestOf(size: number, hashes: Uint8Array): Promise<Digest> {
  const input = new Uint8Array(8 + hashes.length);
  new DataView(input.buffer).setBigUint64(0, BigInt(size));
  input.set(hashes, 8);
  return toBase64url(await sha256(input));
}

/** The SHA-256 of every chunk, one after the other. */
export async function hashChunks(representation: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const count = chunkCount(representation.length);
  const hashes = new Uint8Array(count * HASH);
  for (let index = 0; index < count; index++) {
    const start = index * Limits.CHUNK;
    hashes.set(await sha256(representation.subarray(start, start + Limits.CHUNK)), index * HASH);
  }
  return hashes;
}

/** Whether these are the hashes that the digest commits to: how a list that came from anywhere is checked. */
export async function isChunkList(digest: Digest, size: number, hashes: Uint8Array): Promise<boolean> {
  return hashes.length === chunkCount(size) * HASH && (await digestOf(size, hashes)) === digest;
}

/** Whether `bytes` are the chunk at `index` of a representation with these hashes. */
export async function isChunk(hashes: Uint8Array, size: number, index: number, bytes: Uint8Array): Promise<boolean> {
  if (index < 0 || index >= chunkCount(size) || bytes.length !== chunkLength(size, index)) return false;
  const actual = await sha256(bytes);
  return actual.every((byte, at) => byte === hashes[index * HASH + at]);
}
