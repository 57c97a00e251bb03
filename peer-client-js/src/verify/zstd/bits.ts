/** Fails where the bytes are no zstd frame; whoever unpacks catches it. */
export function corrupt(what: string): never {
  throw new RangeError(`not zstd: ${what}`);
}

/** The place of the highest bit that is set; `value` is above 0. */
export function highBit(value: number): number {
  return 31 - Math.clz32(value);
}

/** Reads bits from the lowest of the first byte on, as table descriptions are written (RFC 8878, section 4.1.1). */
export class ForwardBits {
  #at: number;

  constructor(
    readonly bytes: Uint8Array,
    readonly start: number,
    readonly end: number,
  ) {
    this.#at = start * 8;
  }

  /** At most 16 bits. */
  read(count: number): number {
    const from = this.#at >> 3;
    const window = (this.bytes[from] ?? 0) | ((this.bytes[from + 1] ?? 0) << 8) | ((this.bytes[from + 2] ?? 0) << 16);
    const value = (window >> (this.#at & 7)) & ((1 << count) - 1);
    this.#at += count;
    if (this.#at > this.end * 8) corrupt('a table is cut short');
    return value;
  }

  rewind(count: number): void {
    this.#at -= count;
  }

  /** The first byte that was not touched. */
  get next(): number {
    return (this.#at + 7) >> 3;
  }
}

/**
 * Reads bits from the highest of the last byte down, as codes are written. Its last byte's highest set bit only marks the
 * beginning. Below the first byte there are zeros: `left` is negative then.
 */
export class BackwardBits {
  left: number;
  readonly #start: number;

  constructor(
    readonly bytes: Uint8Array,
    start: number,
    end: number,
  ) {
    const last = bytes[end - 1] ?? 0;
    if (end <= start || last === 0) corrupt('a stream without its mark');
    this.#start = start * 8;
    this.left = (end - start - 1) * 8 + highBit(last);
  }

  /** At most 24 bits. */
  read(count: number): number {
    this.left -= count;
    return this.#at(this.left, count);
  }

  /** The next bits, which stay. */
  peek(count: number): number {
    return this.#at(this.left - count, count);
  }

  #at(place: number, count: number): number {
    if (place < 0) return place + count <= 0 ? 0 : this.#at(0, place + count) << -place;
    const from = (this.#start + place) >> 3;
    const { bytes } = this;
    const low = (bytes[from] ?? 0) | ((bytes[from + 1] ?? 0) << 8) | ((bytes[from + 2] ?? 0) << 16);
    const window = low | ((bytes[from + 3] ?? 0) << 24);
    return (window >>> ((this.#start + place) & 7)) & ((1 << count) - 1);
  }
}
