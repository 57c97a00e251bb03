import { bitsAt, corrupt } from './bits.js';
import { readLiterals } from './literals.js';
import { append, type Progress, runSequences } from './sequences.js';

const MAGIC = 0xfd2fb528;
const CHECKSUM_BYTES = 4;

/**
 * Decodes exactly one zstd frame (RFC 8878) into the whole of `out`, and fails with a RangeError where it is anything else.
 * Nothing is written beyond `out`, and the work is bounded by the length of `packed` and of `out`: each sequence writes.
 * Dictionaries are not known; a checksum is passed over, for what comes out is hashed by the caller.
 */
export function decodeFrame(packed: Uint8Array, out: Uint8Array): void {
  const to: Progress = { out, at: 0, offsets: [1, 4, 8], tables: [], huffman: undefined };
  const frame = withoutChecksum(packed);
  let at = afterHeader(frame, out.length);
  for (let isLast = false; !isLast;) {
    if (at + 3 > frame.length) corrupt();
    isLast = bitsAt(frame, at * 8, 1) === 1;
    const type = bitsAt(frame, at * 8 + 1, 2);
    const size = bitsAt(frame, at * 8 + 3, 21);
    const from = at + 3;
    at = from + (type === 1 ? 1 : size);
    if (type === 3 || at > frame.length || (size === 0 && !isLast)) corrupt();
    const block = frame.subarray(from, at);
    if (type === 0) append(block, to);
    else if (type === 1) appendRun(bitsAt(block, 0, 8), size, to);
    else {
      const { literals, next } = readLiterals(block, to);
      runSequences(block.subarray(next), literals, to);
    }
  }
  if (at !== frame.length || to.at !== out.length) corrupt();
}

function withoutChecksum(packed: Uint8Array): Uint8Array {
  const hasChecksum = bitsAt(packed, 34, 1) === 1;
  return packed.subarray(0, Math.max(0, packed.length - (hasChecksum ? CHECKSUM_BYTES : 0)));
}

/** Where the blocks begin (RFC 8878, section 3.1.1.1). */
function afterHeader(frame: Uint8Array, length: number): number {
  const isSingleSegment = bitsAt(frame, 37, 1);
  const flag = bitsAt(frame, 38, 2);
  const width = flag === 0 ? isSingleSegment : 1 << flag;
  const at = 6 - isSingleSegment;
  const isKnown = bitsAt(frame, 0, 32) === MAGIC && bitsAt(frame, 32, 2) === 0 && bitsAt(frame, 35, 1) === 0;
  if (!isKnown || width === 8 || at + width > frame.length) corrupt();
  // Two bytes begin at 256 (RFC 8878, section 3.1.1.1.4).
  if (width > 0 && bitsAt(frame, at * 8, width * 8) + (width === 2 ? 256 : 0) !== length) corrupt();
  return at + width;
}

function appendRun(byte: number, length: number, to: Progress): void {
  if (length > to.out.length - to.at) corrupt();
  to.out.fill(byte, to.at, to.at + length);
  to.at += length;
}
