import { decodeFrame } from './zstd/frame.js';

/**
 * The chunk of exactly `length` bytes that one zstd frame holds; undefined where it is no such frame. Takes memory for
 * `length` bytes, and time in proportion to it. What comes out is still to be hashed.
 */
export function unpackChunk(packed: Uint8Array, length: number): Uint8Array<ArrayBuffer> | undefined {
  const chunk = new Uint8Array(length);
  try {
    decodeFrame(packed, chunk);
    return chunk;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
