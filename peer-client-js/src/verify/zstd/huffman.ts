import { BackwardBits, bitsAt, corrupt, highBit } from './bits.js';
import { FseState, readTable } from './fse.js';
import type { Progress } from './sequences.js';

const MOST_BITS = 11;
const MOST_SYMBOLS = 255;

/** A decoding table for literals (RFC 8878, section 4.2): for each prefix its symbol and the length of its code. */
export interface HuffmanTable {
  readonly width: number;
  readonly symbols: Uint8Array;
  readonly lengths: Uint8Array;
}

/** Reads the description of a table, also for later blocks; the first byte after it. */
export function readHuffman(bytes: Uint8Array, to: Progress): number {
  const header = bitsAt(bytes, 0, 8);
  const isDirect = header >= 128;
  const next = 1 + (isDirect ? (header - 126) >> 1 : header);
  if (next > bytes.length) corrupt();
  const description = bytes.subarray(1, next);
  to.huffman = buildHuffman(
    isDirect
      ? Array.from({ length: header - 127 }, (_, index) => bitsAt(description, (index ^ 1) * 4, 4))
      : packedWeights(description),
  );
  return next;
}

/** Two states take turns until the bits run out (RFC 8878, section 4.2.1.2). */
function packedWeights(description: Uint8Array): number[] {
  const { table, next } = readTable(description, 6, MOST_BITS + 1);
  const source = new BackwardBits(description.subarray(next));
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
  return corrupt();
}

/** The last symbol's weight is what is missing to a power of two (RFC 8878, section 4.2.1). */
function buildHuffman(weights: number[]): HuffmanTable {
  const sum = weights.reduce((total, weight) => total + ((1 << weight) >> 1), 0);
  if (sum === 0 || weights.some((weight) => weight > MOST_BITS)) corrupt();
  const width = highBit(sum) + 1;
  const missing = (1 << width) - sum;
  if (width > MOST_BITS || (missing & (missing - 1)) !== 0) corrupt();
  weights.push(highBit(missing) + 1);
  const symbols = new Uint8Array(1 << width);
  const lengths = new Uint8Array(1 << width);
  let place = 0;
  for (let weight = 1; weight <= width; weight++) {
    weights.forEach((symbolWeight, symbol) => {
      if (symbolWeight !== weight) return;
      const after = place + (1 << (weight - 1));
      symbols.fill(symbol, place, after);
      lengths.fill(width + 1 - weight, place, after);
      place = after;
    });
  }
  return { width, symbols, lengths };
}
