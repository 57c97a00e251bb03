import { BackwardBits, bitsAt, corrupt } from './bits.js';
import { type HuffmanTable, readHuffman } from './huffman.js';
import type { Progress } from './sequences.js';

/** How many bits tell the size of packed literals, by the format of their header. */
const WIDTHS = [10, 10, 14, 18];

/** Reads the literals section of a block (RFC 8878, section 3.1.1.3.1); `next` is the first byte after it. */
export function readLiterals(
  block: Uint8Array,
  to: Progress,
): { readonly literals: Uint8Array; readonly next: number } {
  const type = bitsAt(block, 0, 2);
  const format = bitsAt(block, 2, 2);
  const isPlain = type < 2;
  const shift = isPlain && format % 2 === 0 ? 3 : 4;
  const width = isPlain ? (shift === 3 ? 5 : format * 4 + 8) : (WIDTHS[format] ?? 0);
  const size = bitsAt(block, shift, width);
  const packedLength = isPlain ? (type === 0 ? size : 1) : bitsAt(block, 4 + width, width);
  const from = (shift + (isPlain ? width : 2 * width)) >> 3;
  const next = from + packedLength;
  if (size > to.out.length - to.at || next > block.length) corrupt();
  const content = block.subarray(from, next);
  if (type === 0) return { literals: content, next };
  const literals = new Uint8Array(size);
  if (type === 1) literals.fill(bitsAt(content, 0, 8));
  else unpack(type === 2 ? content.subarray(readHuffman(content, to)) : content, format !== 0, literals, to.huffman);
  return { literals, next };
}

/** One stream, or four behind the lengths of the first three. */
function unpack(streams: Uint8Array, areFour: boolean, out: Uint8Array, table: HuffmanTable | undefined): void {
  if (table === undefined) return corrupt();
  if (!areFour) return decodeStream(table, streams, out);
  const part = (out.length + 3) >> 2;
  if (part * 3 > out.length) corrupt();
  let from = 6;
  for (let stream = 0; stream < 4; stream++) {
    // One that reaches too far leaves nothing to the last, which is refused for it.
    const end = stream < 3 ? from + bitsAt(streams, stream * 16, 16) : streams.length;
    decodeStream(table, streams.subarray(from, end), out.subarray(stream * part, (stream + 1) * part));
    from = end;
  }
}

/** Decodes one stream into the whole of `out`; it has to end there. */
function decodeStream({ width, symbols, lengths }: HuffmanTable, stream: Uint8Array, out: Uint8Array): void {
  const source = new BackwardBits(stream);
  for (let index = 0; index < out.length; index++) {
    const prefix = source.peek(width);
    out[index] = symbols[prefix] ?? 0;
    source.left -= lengths[prefix] ?? 0;
  }
  if (source.left !== 0) corrupt();
}
