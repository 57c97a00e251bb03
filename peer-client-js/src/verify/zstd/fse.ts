import { type BackwardBits, bitsAt, corrupt, highBit } from './bits.js';

/** A decoding table of finite state entropy (RFC 8878, section 4.1): for each state its symbol and the way to the next. */
export interface FseTable {
  readonly log: number;
  readonly symbols: ArrayLike<number>;
  readonly bits: ArrayLike<number>;
  readonly bases: ArrayLike<number>;
}

/** One reader's place in a table. */
export class FseState {
  #state: number;

  constructor(
    readonly table: FseTable,
    readonly source: BackwardBits,
  ) {
    this.#state = source.read(table.log);
  }

  get symbol(): number {
    return this.table.symbols[this.#state] ?? 0;
  }

  advance(): void {
    const { bits, bases } = this.table;
    this.#state = (bases[this.#state] ?? 0) + this.source.read(bits[this.#state] ?? 0);
  }
}

/** Reads the description of a table (RFC 8878, section 4.1.1); `next` is the first byte after it. */
export function readTable(
  bytes: Uint8Array,
  mostLog: number,
  mostSymbol: number,
): { readonly table: FseTable; readonly next: number } {
  let at = 0;
  const read = (count: number): number => {
    at += count;
    if (at > bytes.length * 8) corrupt();
    return bitsAt(bytes, at - count, count);
  };
  const log = read(4) + 5;
  if (log > mostLog) corrupt();
  const counts: number[] = [];
  let left = 1 << log;
  while (left > 0) {
    const count = readCount(read, left);
    left -= Math.abs(count);
    counts.push(count);
    if (count === 0) for (let more = 3; more === 3;) for (let zero = (more = read(2)); zero > 0; zero--) counts.push(0);
    if (counts.length > mostSymbol + 1) corrupt();
  }
  if (left < 0) corrupt();
  return { table: buildTable(log, counts), next: (at + 7) >> 3 };
}

/** A probability: as many states out of those left, or -1 for "less than one". Small ones take a bit less. */
function readCount(read: (count: number) => number, left: number): number {
  const width = highBit(left + 1);
  const short = (2 << width) - 2 - left;
  const value = read(width);
  return value - 1 + (value >= short && read(1) === 1 ? (1 << width) - short : 0);
}

/** RFC 8878, section 4.1.1, from the probabilities to the states. */
export function buildTable(log: number, counts: readonly number[]): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = counts.map((count) => Math.abs(count));
  let high = size;
  counts.forEach((count, symbol) => {
    if (count === -1) symbols[--high] = symbol;
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let place = 0;
  counts.forEach((count, symbol) => {
    for (let left = count; left > 0; left--) {
      symbols[place] = symbol;
      do place = (place + step) & (size - 1);
      while (place >= high);
    }
  });
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  symbols.forEach((symbol, state) => {
    const value = next[symbol] ?? 1;
    next[symbol] = value + 1;
    const width = log - highBit(value);
    bits[state] = width;
    bases[state] = (value << width) - size;
  });
  return { log, symbols, bits, bases };
}
