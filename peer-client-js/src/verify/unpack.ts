import { decompress } from 'fzstd';

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const MOST_BLOCKS = 16;

/**
 * The chunk of exactly `length` bytes that one zstd frame (RFC 8878) holds; undefined where it is no such frame. The
 * frame's shape is checked first, and memory for `length` bytes is all that is taken. What comes out is still to be hashed.
 */
export function unpackChunk(packed: Uint8Array, length: number): Uint8Array<ArrayBuffer> | undefined {
  if (contentSize(packed) !== length || !isOneFrame(packed, length)) return undefined;
  const chunk = new Uint8Array(length);
  try {
    decompress(packed, chunk);
    return chunk;
  } catch {
    return undefined;
  }
}

/** What the frame header says that the content has (RFC 8878, section 3.1.1.1); undefined where it does not say. */
function contentSize(packed: Uint8Array): number | undefined {
  if (packed.length < 9 || MAGIC.some((byte, index) => packed[index] !== byte)) return undefined;
  const descriptor = packed[4] ?? 0;
  const hasReservedBit = (descriptor & 0x08) !== 0;
  const hasDictionary = (descriptor & 0x03) !== 0;
  if (hasReservedBit || hasDictionary) return undefined;
  const at = sizeOffset(descriptor);
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  switch (sizeBytes(descriptor)) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256;
    case 4:
      return at + 4 <= packed.length ? view.getUint32(at, true) : undefined;
    default:
      return undefined;
  }
}

function sizeBytes(descriptor: number): number {
  const flag = descriptor >> 6;
  return flag === 0 ? (isSingleSegment(descriptor) ? 1 : 0) : 1 << flag;
}

function sizeOffset(descriptor: number): number {
  return isSingleSegment(descriptor) ? 5 : 6;
}

function isSingleSegment(descriptor: number): boolean {
  return (descriptor & 0x20) !== 0;
}

/** Whether the blocks (RFC 8878, section 3.1.1.2) and the checksum end where the bytes end. */
function isOneFrame(packed: Uint8Array, length: number): boolean {
  const descriptor = packed[4] ?? 0;
  let at = sizeOffset(descriptor) + sizeBytes(descriptor);
  for (let block = 0; block < MOST_BLOCKS; block++) {
    if (at + 3 > packed.length) return false;
    const header = (packed[at] ?? 0) | ((packed[at + 1] ?? 0) << 8) | ((packed[at + 2] ?? 0) << 16);
    const size = header >> 3;
    const type = (header >> 1) & 3;
    if (type === 3 || size > Math.max(length, packed.length)) return false;
    at += 3 + (type === 1 ? 1 : size);
    const isLast = (header & 1) !== 0;
    if (isLast) return at + ((descriptor & 0x04) !== 0 ? 4 : 0) === packed.length;
  }
  return false;
}
