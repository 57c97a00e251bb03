/** Fails where the bytes are no zstd frame; whoever unpacks catches it, and wants to know no more. */
export function corrupt(): never {
  throw new RangeError('not zstd');
}

/** The place of the highest bit that is set; `value` is above 0. */
export function highBit(value: number): number {
  return 31 - Math.clz32(value);
}

/** `count` bits from the bit `place` on, lowest first: at most 24, or 32 from a byte's border. Beyond the bytes there are zeros. */
export function bitsAt(bytes: Uint8Array, place: number, count: number): number {
  const at = place >> 3;
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
  const window = (low | ((bytes[at + 3] ?? 0) << 24)) >>> (place & 7);
  return count < 32 ? window & ((1 << count) - 1) : window;
}

/**
 * Reads bits from the highest of the last byte down, as codes are written. Its last byte's highest set bit only marks the
 * beginning. Below the first byte there are zeros: `left` is negative then.
 */
export class BackwardBits {
  left: number;

  constructor(readonly bytes: Uint8Array) {
    const last = bytes.at(-1) ?? 0;
    if (last === 0) corrupt();
    this.left = (bytes.length - 1) * 8 + highBit(last);
  }

  /** At most 24 bits. */
  read(count: number): number {
    const bits = this.peek(count);
    this.left -= count;
    return bits;
  }

  /** The next bits, which stay. */
  peek(count: number): number {
    const place = this.left - count;
    if (place >= 0) return bitsAt(this.bytes, place, count);
    return this.left > 0 ? bitsAt(this.bytes, 0, this.left) << -place : 0;
  }
}
