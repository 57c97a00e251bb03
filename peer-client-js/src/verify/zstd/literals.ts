import { corrupt } from './bits.js';
import { decodeStream, type HuffmanTable, readHuffman } from './huffman.js';

export interface Literals {
  readonly bytes: Uint8Array;
  /** The first byte after the section. */
  readonly next: number;
  /** For later blocks. */
  readonly table: HuffmanTable | undefined;
}

/** Reads the literals section of a block (RFC 8878, section 3.1.1.3.1), of at most `most` literals. */
export function readLiterals(
  bytes: Uint8Array,
  start: number,
  end: number,
  most: number,
  earlier: HuffmanTable | undefined,
): Literals {
  const head = bytes[start] ?? corrupt('no literals');
  const type = head & 3;
  const format = (head >> 2) & 3;
  if (type < 2) return plainLiterals(bytes, start, end, most, type === 1, earlier);
  const width = format < 2 ? 10 : format === 2 ? 14 : 18;
  const at = start + (4 + 2 * width) / 8;
  const header = little(bytes, start, 5);
  const size = Math.floor(header / 16) % 2 ** width;
  const length = Math.floor(header / 2 ** (4 + width)) % 2 ** width;
  const after = at + length;
  if (size > most || after > end) corrupt('literals out of range');
  let from = at;
  let table = earlier;
  if (type === 2) ({ table, next: from } = readHuffman(bytes, from, after));
  if (!table) return corrupt('a table that was never there');
  const out = new Uint8Array(size);
  if (format === 0) decodeStream(table, bytes, from, after, out);
  else decodeFour(table, bytes, from, after, out);
  return { bytes: out, next: after, table };
}

function plainLiterals(
  bytes: Uint8Array,
  start: number,
  end: number,
  most: number,
  isRun: boolean,
  table: HuffmanTable | undefined,
): Literals {
  const format = ((bytes[start] ?? 0) >> 2) & 3;
  const headerBytes = format === 1 ? 2 : format === 3 ? 3 : 1;
  const size = little(bytes, start, headerBytes) >> (headerBytes === 1 ? 3 : 4);
  const from = start + headerBytes;
  const next = from + (isRun ? 1 : size);
  if (size > most || next > end) corrupt('literals out of range');
  const content = isRun ? new Uint8Array(size).fill(bytes[from] ?? 0) : bytes.subarray(from, next);
  return { bytes: content, next, table };
}

/** Four streams, behind the lengths of the first three. */
function decodeFour(table: HuffmanTable, bytes: Uint8Array, start: number, end: number, out: Uint8Array): void {
  const part = (out.length + 3) >> 2;
  let from = start + 6;
  for (let stream = 0; stream < 4; stream++) {
    const to = stream < 3 ? from + little(bytes, start + stream * 2, 2) : end;
    if (to > end || from >= to || part * 3 > out.length) corrupt('streams of literals out of range');
    decodeStream(table, bytes, from, to, out.subarray(stream * part, stream < 3 ? (stream + 1) * part : out.length));
    from = to;
  }
}

function little(bytes: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let index = count - 1; index >= 0; index--) value = value * 256 + (bytes[start + index] ?? 0);
  return value;
}
