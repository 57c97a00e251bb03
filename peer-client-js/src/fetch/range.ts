import { Limits } from '../wire/limits.js';

/** Bytes of a representation, both ends included (RFC 9110, 14.1.2). */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export type Selection =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  | { readonly kind: 'unsatisfiable' };

const SINGLE = /^bytes=(\d*)-(\d*)$/;

/** What a Range field selects. Several ranges and other units select the whole, which RFC 9110, 14.2 allows. */
export function selectRange(field: string | null, size: number): Selection {
  const parts = field === null ? null : SINGLE.exec(field.replaceAll(' ', ''));
  if (parts === null) return { kind: 'whole' };
  const [, from = '', to = ''] = parts;
  if (from === '' && to === '') return { kind: 'whole' };
  if (from === '') return partOf(size - Number(to), size - 1, size, Number(to) > 0);
  const last = to === '' ? size - 1 : Number(to);
  if (last < Number(from) && to !== '') return { kind: 'whole' };
  return partOf(Number(from), last, size, true);
}

function partOf(first: number, last: number, size: number, isPlausible: boolean): Selection {
  if (!isPlausible || first >= size) return { kind: 'unsatisfiable' };
  return { kind: 'part', range: { first: Math.max(0, first), last: Math.min(last, size - 1) } };
}

/** Consecutive chunks. */
export interface Run {
  readonly first: number;
  readonly count: number;
}

/** The chunks that hold these bytes. */
export function chunksOf(range: ByteRange): Run {
  const first = Math.floor(range.first / Limits.CHUNK);
  return { first, count: Math.floor(range.last / Limits.CHUNK) - first + 1 };
}

export function bytesOf(run: Run, size: number): ByteRange {
  return {
    first: run.first * Limits.CHUNK,
    last: Math.min(size, (run.first + run.count) * Limits.CHUNK) - 1,
  };
}

/** The part of chunk `index` that lies within the range; the chunk itself where that is all of it. */
export function cut(index: number, chunk: Uint8Array, range: ByteRange): Uint8Array {
  const offset = index * Limits.CHUNK;
  const from = Math.max(0, range.first - offset);
  const to = Math.min(chunk.byteLength, range.last + 1 - offset);
  return from === 0 && to === chunk.byteLength ? chunk : chunk.subarray(from, to);
}
