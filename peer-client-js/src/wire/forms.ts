/**
 * How MessagePack writes a number or a length: within `most`, in the head byte above `fix`; otherwise in as many bytes as
 * stand beside the head that says so. The first form that can hold a value is its shortest.
 */
export interface Form {
  readonly fix: number;
  readonly most: number;
  readonly wide: readonly (readonly [head: number, bytes: number])[];
}

export const UINT: Form = {
  fix: 0,
  most: 0x7f,
  wide: [
    [0xcc, 1],
    [0xcd, 2],
    [0xce, 4],
    [0xcf, 8],
  ],
};
export const ARRAY: Form = {
  fix: 0x90,
  most: 0x0f,
  wide: [
    [0xdc, 2],
    [0xdd, 4],
  ],
};
export const STR: Form = {
  fix: 0xa0,
  most: 0x1f,
  wide: [
    [0xd9, 1],
    [0xda, 2],
    [0xdb, 4],
  ],
};
export const BIN: Form = {
  fix: 0,
  most: -1,
  wide: [
    [0xc4, 1],
    [0xc5, 2],
    [0xc6, 4],
  ],
};
export const FALSE = 0xc2;
export const TRUE = 0xc3;

/** The most that the form before `wide[index]` can hold. */
export function mostBefore(form: Form, index: number): number {
  const before = form.wide[index - 1];
  return before ? 2 ** (8 * before[1]) - 1 : form.most;
}
