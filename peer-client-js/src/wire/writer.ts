import { joined } from './bytes.js';
import { ARRAY, beyond, BIN, FALSE, type Form, STR, TRUE, UINT } from './forms.js';

const utf8 = new TextEncoder();

/** Writes the MessagePack subset of PROTOCOL.md, section 1, always in the shortest form. */
export class Writer {
  readonly #parts: ArrayLike<number>[] = [];

  array(length: number): this {
    return this.#number(length, ARRAY);
  }

  uint(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not an unsigned integer: ${value}`);
    return this.#number(value, UINT);
  }

  bool(value: boolean): this {
    return this.#append([value ? TRUE : FALSE]);
  }

  str(value: string): this {
    const content = utf8.encode(value);
    return this.#number(content.length, STR).#append(content);
  }

  bin(content: Uint8Array): this {
    return this.#number(content.length, BIN).#append(content);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return joined(this.#parts);
  }

  #number(value: number, { fix, most, head, least }: Form): this {
    if (value <= most) return this.#append([fix + value]);
    let log = least;
    while (value >= beyond(log)) log++;
    const size = 1 << log;
    const digits = Array.from({ length: size }, (_, index) => Math.floor(value / 256 ** (size - 1 - index)) % 256);
    return this.#append([head + log, ...digits]);
  }

  #append(content: ArrayLike<number>): this {
    this.#parts.push(content);
    return this;
  }
}
