/**
 * How MessagePack writes a number or a length: within `most`, in the head byte above `fix`; otherwise in 2^log bytes behind
 * the byte `head` + log, for a log from `least` to `largest`. The first form that can hold a value is its shortest.
 */
export interface Form {
  readonly fix: number;
  readonly most: number;
  readonly head: number;
  readonly least: number;
  readonly largest: number;
}

export const UINT: Form = { fix: 0, most: 0x7f, head: 0xcc, least: 0, largest: 3 };
export const ARRAY: Form = { fix: 0x90, most: 0x0f, head: 0xdb, least: 1, largest: 2 };
export const STR: Form = { fix: 0xa0, most: 0x1f, head: 0xd9, least: 0, largest: 2 };
export const BIN: Form = { fix: 0, most: -1, head: 0xc4, least: 0, largest: 2 };
export const FALSE = 0xc2;
export const TRUE = 0xc3;

/** The first number that 2^log bytes do not hold. */
export function beyond(log: number): number {
  return 2 ** (8 << log);
}
