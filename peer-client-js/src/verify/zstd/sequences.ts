import { BackwardBits, bitsAt, corrupt } from './bits.js';
import { buildTable, FseState, type FseTable, readTable } from './fse.js';
import type { HuffmanTable } from './huffman.js';

interface Kind {
  readonly usual: FseTable;
  readonly mostLog: number;
  readonly mostSymbol: number;
}

const runs = (...pairs: readonly (readonly [value: number, times: number])[]): number[] =>
  pairs.flatMap(([value, times]) => Array<number>(times).fill(value));

/** Bits that follow each code, and the value that it stands for without them (RFC 8878, section 3.1.1.3.2.1). */
const LITERAL_BITS = [...runs([0, 16], [1, 4], [2, 2], [3, 2]), 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const MATCH_BITS = [...runs([0, 32], [1, 4], [2, 2], [3, 2], [4, 2]), 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const LITERAL_BASES = bases(LITERAL_BITS, 0);
const MATCH_BASES = bases(MATCH_BITS, 3);

/**
 * The tables that need no description (RFC 8878, section 3.1.1.3.2.2), in the order of the
 * descriptions: literal lengths, offsets, match lengths.
 */
const KINDS: readonly Kind[] = [
  {
    usual: buildTable(6, [4, 3, ...runs([2, 11], [1, 3], [2, 9]), 3, 2, ...runs([1, 5], [-1, 4])]),
    mostLog: 9,
    mostSymbol: 35,
  },
  { usual: buildTable(5, runs([1, 6], [2, 3], [1, 15], [-1, 5])), mostLog: 8, mostSymbol: 31 },
  { usual: buildTable(6, [1, 4, 3, ...runs([2, 6], [1, 37], [-1, 7])]), mostLog: 9, mostSymbol: 52 },
];
/** Offsets above this reach before any chunk's beginning. */
const MOST_OFFSET_BITS = 17;

function bases(bits: readonly number[], first: number): number[] {
  let next = first;
  return bits.map((count) => {
    const base = next;
    next += 1 << count;
    return base;
  });
}

/** Where a frame's output stands, and what its blocks hand on. */
export interface Progress {
  readonly out: Uint8Array;
  at: number;
  /** The last three, the latest first. */
  readonly offsets: number[];
  /** Of literal lengths, offsets, match lengths; empty before the first sequences. */
  tables: readonly FseTable[];
  huffman: HuffmanTable | undefined;
}

/** Carries out the sequences section of a block (RFC 8878, sections 3.1.1.3.2 and 3.1.1.4). */
export function runSequences(section: Uint8Array, literals: Uint8Array, to: Progress): void {
  const head = section[0] ?? corrupt();
  let count = head;
  let at = 1;
  if (head > 127) {
    const isLong = head === 255;
    count = isLong ? bitsAt(section, 8, 16) + 0x7f00 : ((head - 128) << 8) + bitsAt(section, 8, 8);
    at = isLong ? 3 : 2;
  }
  const rest = section.subarray(at);
  let taken = 0;
  if (count > 0) taken = execute(rest, count, literals, to);
  else if (rest.length > 0) corrupt();
  append(literals.subarray(taken), to);
}

/** How many literals were taken. */
function execute(section: Uint8Array, count: number, literals: Uint8Array, to: Progress): number {
  const source = new BackwardBits(section.subarray(readTables(section, to)));
  const [literal, offset, match] = to.tables.map((table) => new FseState(table, source));
  if (!literal || !offset || !match) return corrupt();
  const inTurn = [literal, match, offset];
  let taken = 0;
  for (let left = count; left > 0; left--) {
    const offsetBits = offset.symbol;
    if (offsetBits > MOST_OFFSET_BITS) corrupt();
    const distance = (1 << offsetBits) + source.read(offsetBits);
    const copied = (MATCH_BASES[match.symbol] ?? 0) + source.read(MATCH_BITS[match.symbol] ?? 0);
    const length = (LITERAL_BASES[literal.symbol] ?? 0) + source.read(LITERAL_BITS[literal.symbol] ?? 0);
    if (left > 1) for (const state of inTurn) state.advance();
    if (source.left < 0 || taken + length > literals.length) corrupt();
    append(literals.subarray(taken, taken + length), to);
    taken += length;
    repeat(resolveOffset(distance, length === 0, to.offsets), copied, to);
  }
  if (source.left !== 0) corrupt();
  return taken;
}

/** Where the codes begin. */
function readTables(section: Uint8Array, to: Progress): number {
  if (section.length === 0 || bitsAt(section, 0, 2) !== 0) corrupt();
  let next = 1;
  to.tables = KINDS.map(({ usual, mostLog, mostSymbol }, index) => {
    switch (bitsAt(section, 6 - 2 * index, 2)) {
      case 0:
        return usual;
      case 1: {
        const symbol = section[next++] ?? corrupt();
        return symbol <= mostSymbol ? singleTable(symbol) : corrupt();
      }
      case 2: {
        const read = readTable(section.subarray(next), mostLog, mostSymbol);
        next += read.next;
        return read.table;
      }
      default:
        return to.tables[index] ?? corrupt();
    }
  });
  return next;
}

/** A table that knows one symbol only. */
function singleTable(symbol: number): FseTable {
  return { log: 0, symbols: [symbol], bits: [0], bases: [0] };
}

/** RFC 8878, section 3.1.1.5: the last three offsets have short names. */
function resolveOffset(value: number, isWithoutLiterals: boolean, offsets: number[]): number {
  const name = value - (isWithoutLiterals ? 0 : 1);
  const latest = offsets[0] ?? 0;
  const offset = value > 3 ? value - 3 : (offsets[name] ?? latest - 1);
  offsets.copyWithin(1, 0, value > 3 ? 2 : Math.min(name, 2));
  offsets[0] = offset;
  return offset;
}

export function append(content: Uint8Array, to: Progress): void {
  if (content.length > to.out.length - to.at) corrupt();
  to.out.set(content, to.at);
  to.at += content.length;
}

/** Copies what was written `offset` bytes ago; it may overlap with what it writes. */
function repeat(offset: number, length: number, to: Progress): void {
  const { out, at } = to;
  if (offset < 1 || offset > at || length > out.length - at) corrupt();
  for (let index = at; index < at + length; index++) out[index] = out[index - offset] ?? 0;
  to.at += length;
}
