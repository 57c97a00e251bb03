import { corrupt } from './bits.js';
import type { HuffmanTable } from './huffman.js';
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
  const { start, end } = readHeader(packed, out.length);
  const to: Progress = { out, at: 0, offsets: [1, 4, 8], tables: undefined };
  let huffman: HuffmanTable | undefined;
  let at = start;
  for (let isLast = false; !isLast;) {
    if (at + 3 > end) corrupt('a block is missing');
    const header = (packed[at] ?? 0) | ((packed[at + 1] ?? 0) << 8) | ((packed[at + 2] ?? 0) << 16);
    const size = header >> 3;
    const type = (header >> 1) & 3;
    isLast = (header & 1) !== 0;
    const from = at + 3;
    at = from + (type === 1 ? 1 : size);
    if (at > end || (size === 0 && !isLast)) corrupt('a block is cut short');
    if (type === 0) append(packed.subarray(from, at), to);
    else if (type === 1) appendRun(packed[from] ?? 0, size, to);
    else if (type === 2) huffman = runBlock(packed, from, at, huffman, to);
    else corrupt('a block of the reserved type');
  }
  if (at !== end || to.at !== out.length) corrupt('it ends at the wrong place');
}

/** Where the blocks are (RFC 8878, section 3.1.1.1). */
function readHeader(packed: Uint8Array, length: number): { readonly start: number; readonly end: number } {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  if (packed.length < 6 || view.getUint32(0, true) !== MAGIC) corrupt('no magic number');
  const descriptor = packed[4] ?? 0;
  if ((descriptor & 0x0b) !== 0) corrupt('a dictionary or a reserved bit');
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const at = isSingleSegment ? 5 : 6;
  const flag = descriptor >> 6;
  const width = flag === 0 ? (isSingleSegment ? 1 : 0) : 1 << flag;
  const end = packed.length - ((descriptor & 0x04) !== 0 ? CHECKSUM_BYTES : 0);
  if (at + width > end || width === 8) corrupt('a header out of range');
  const size = width === 0 ? length : contentSize(view, at, width);
  if (size !== length) corrupt('another length than expected');
  return { start: at + width, end };
}

function contentSize(view: DataView, at: number, width: number): number {
  if (width === 1) return view.getUint8(at);
  return width === 2 ? view.getUint16(at, true) + 256 : view.getUint32(at, true);
}

function appendRun(byte: number, length: number, to: Progress): void {
  if (length > to.out.length - to.at) corrupt('more than was announced');
  to.out.fill(byte, to.at, to.at + length);
  to.at += length;
}

/** Decodes a compressed block; the table of its literals, for later blocks. */
function runBlock(
  packed: Uint8Array,
  start: number,
  end: number,
  earlier: HuffmanTable | undefined,
  to: Progress,
): HuffmanTable | undefined {
  const literals = readLiterals(packed, start, end, to.out.length - to.at, earlier);
  runSequences(packed, literals.next, end, literals.bytes, to);
  return literals.table;
}
