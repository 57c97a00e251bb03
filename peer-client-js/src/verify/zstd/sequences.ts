import { BackwardBits, corrupt } from './bits.js';
import { buildTable, FseState, type FseTable, readTable, singleTable } from './fse.js';

/** Literal lengths, offsets, match lengths: in the order in which their tables come. */
export type Tables = [FseTable, FseTable, FseTable];

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

/** The tables that need no description (RFC 8878, section 3.1.1.3.2.2). */
const KINDS: readonly [Kind, Kind, Kind] = [
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
  offsets: [number, number, number];
  tables: Tables | undefined;
}

/** Carries out the sequences section of a block (RFC 8878, sections 3.1.1.3.2 and 3.1.1.4). */
export function runSequences(bytes: Uint8Array, start: number, end: number, literals: Uint8Array, to: Progress): void {
  const head = bytes[start] ?? corrupt('no sequences');
  let at = start + 1;
  let count = head;
  if (head === 255) count = (bytes[at++] ?? 0) + ((bytes[at++] ?? 0) << 8) + 0x7f00;
  else if (head > 127) count = ((head - 128) << 8) + (bytes[at++] ?? 0);
  let taken = 0;
  if (count > 0) taken = execute(bytes, at, end, count, literals, to);
  else if (at !== end) corrupt('bytes after no sequences');
  append(literals.subarray(taken), to);
}

/** How many literals were taken. */
function execute(
  bytes: Uint8Array,
  start: number,
  end: number,
  count: number,
  literals: Uint8Array,
  to: Progress,
): number {
  const { tables, next } = readTables(bytes, start, end, to.tables);
  to.tables = tables;
  const source = new BackwardBits(bytes, next, end);
  const literalState = new FseState(tables[0], source);
  const offsetState = new FseState(tables[1], source);
  const matchState = new FseState(tables[2], source);
  let taken = 0;
  for (let left = count; left > 0; left--) {
    const offsetBits = offsetState.symbol;
    if (offsetBits > MOST_OFFSET_BITS) corrupt('an offset out of range');
    const offset = (1 << offsetBits) + source.read(offsetBits);
    const match = (MATCH_BASES[matchState.symbol] ?? 0) + source.read(MATCH_BITS[matchState.symbol] ?? 0);
    const length = (LITERAL_BASES[literalState.symbol] ?? 0) + source.read(LITERAL_BITS[literalState.symbol] ?? 0);
    if (left > 1) {
      literalState.advance();
      matchState.advance();
      offsetState.advance();
    }
    if (source.left < 0 || taken + length > literals.length) corrupt('sequences are cut short');
    append(literals.subarray(taken, taken + length), to);
    taken += length;
    repeat(resolveOffset(offset, length === 0, to), match, to);
  }
  if (source.left !== 0) corrupt('bits after the last sequence');
  return taken;
}

function readTables(
  bytes: Uint8Array,
  start: number,
  end: number,
  earlier: Tables | undefined,
): { readonly tables: Tables; readonly next: number } {
  const modes = bytes[start] ?? corrupt('no modes');
  if ((modes & 3) !== 0) corrupt('reserved bits');
  let next = start + 1;
  const table = (index: 0 | 1 | 2): FseTable => {
    const kind = KINDS[index];
    switch ((modes >> (6 - 2 * index)) & 3) {
      case 0:
        return kind.usual;
      case 1: {
        const symbol = bytes[next++] ?? 0;
        return symbol <= kind.mostSymbol ? singleTable(symbol) : corrupt('a code out of range');
      }
      case 2: {
        const read = readTable(bytes, next, end, kind.mostLog, kind.mostSymbol);
        next = read.next;
        return read.table;
      }
      default:
        return earlier?.[index] ?? corrupt('a table that was never there');
    }
  };
  const tables: Tables = [table(0), table(1), table(2)];
  return { tables, next };
}

/** RFC 8878, section 3.1.1.5: the last three offsets have short names. */
function resolveOffset(value: number, isWithoutLiterals: boolean, to: Progress): number {
  const [first, second, third] = to.offsets;
  const name = value > 3 ? 4 : value + (isWithoutLiterals ? 1 : 0);
  switch (name) {
    case 1:
      return first;
    case 2:
      to.offsets = [second, first, third];
      return second;
    case 3:
      to.offsets = [third, first, second];
      return third;
    default: {
      const offset = value > 3 ? value - 3 : first - 1;
      to.offsets = [offset, first, second];
      return offset;
    }
  }
}

export function append(content: Uint8Array, to: Progress): void {
  if (content.length > to.out.length - to.at) corrupt('more than was announced');
  to.out.set(content, to.at);
  to.at += content.length;
}

/** Copies what was written `offset` bytes ago; it may overlap with what it writes. */
function repeat(offset: number, length: number, to: Progress): void {
  const { out, at } = to;
  if (offset < 1 || offset > at || length > out.length - at) corrupt('a match out of range');
  for (let index = at; index < at + length; index++) out[index] = out[index - offset] ?? 0;
  to.at += length;
}
