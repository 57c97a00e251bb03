import { BackwardBits, corrupt, highBit } from './bits.js';
import { FseState, readTable } from './fse.js';

const MOST_BITS = 11;
const MOST_SYMBOLS = 255;

/** A decoding table for literals (RFC 8878, section 4.2): for each prefix its symbol and the length of its code. */
export interface HuffmanTable {
  readonly width: number;
  readonly symbols: Uint8Array;
  readonly lengths: Uint8Array;
}

/** Reads the description of a table; `next` is the first byte after it. */
export function readHuffman(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly table: HuffmanTable; readonly next: number } {
  const header = bytes[start] ?? corrupt('no table');
  const isDirect = header >= 128;
  const next = start + 1 + (isDirect ? (header - 126) >> 1 : header);
  if (next > end) corrupt('a table is cut short');
  const weights = isDirect ? directWeights(bytes, start + 1, header - 127) : packedWeights(bytes, start + 1, next);
  return { table: buildHuffman(weights), next };
}

function directWeights(bytes: Uint8Array, start: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const pair = bytes[start + (index >> 1)] ?? 0;
    return index % 2 === 0 ? pair >> 4 : pair & 15;
  });
}

/** Two states take turns until the bits run out (RFC 8878, section 4.2.1.2). */
function packedWeights(bytes: Uint8Array, start: number, end: number): number[] {
  const { table, next } = readTable(bytes, start, end, 6, MOST_BITS + 1);
  const source = new BackwardBits(bytes, next, end);
  let current = new FseState(table, source);
  let other = new FseState(table, source);
  const weights: number[] = [];
  while (weights.length < MOST_SYMBOLS) {
    weights.push(current.symbol);
    current.advance();
    [current, other] = [other, current];
    if (source.left < 0) {
      weights.push(current.symbol);
      return weights;
    }
  }
  return corrupt('too many weights');
}

/** The last symbol's weight is what is missing to a power of two (RFC 8878, section 4.2.1). */
function buildHuffman(weights: number[]): HuffmanTable {
  const sum = weights.reduce((total, weight) => total + (weight > 0 ? 1 << (weight - 1) : 0), 0);
  if (sum === 0 || weights.some((weight) => weight > MOST_BITS)) corrupt('weights out of range');
  const width = highBit(sum) + 1;
  const missing = (1 << width) - sum;
  if (width > MOST_BITS || (missing & (missing - 1)) !== 0) corrupt('weights do not add up');
  const all = [...weights, highBit(missing) + 1];
  const symbols = new Uint8Array(1 << width);
  const lengths = new Uint8Array(1 << width);
  let place = 0;
  for (let weight = 1; weight <= width; weight++) {
    all.forEach((symbolWeight, symbol) => {
      if (symbolWeight !== weight) return;
      const after = place + (1 << (weight - 1));
      symbols.fill(symbol, place, after);
      lengths.fill(width + 1 - weight, place, after);
      place = after;
    });
  }
  return { width, symbols, lengths };
}

/** Decodes one stream into the whole of `out`; it has to end there. */
export function decodeStream(
  table: HuffmanTable,
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
): void {
  const source = new BackwardBits(bytes, start, end);
  for (let index = 0; index < out.length; index++) {
    const prefix = source.peek(table.width);
    out[index] = table.symbols[prefix] ?? 0;
    source.left -= table.lengths[prefix] ?? 0;
  }
  if (source.left !== 0) corrupt('a stream of literals does not end where it should');
}
