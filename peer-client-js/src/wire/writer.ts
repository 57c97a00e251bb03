import { fromBase64url } from './base64url.js';
import { ARRAY, BIN, FALSE, type Form, STR, TRUE, UINT } from './forms.js';

const utf8 = new TextEncoder();

/** Writes the MessagePack subset of PROTOCOL.md, section 1, always in the shortest form. */
export class Writer {
  #bytes = new Uint8Array(256);
  #at = 0;

  array(length: number): this {
    return this.#number(length, ARRAY);
  }

  list<T>(items: readonly T[], item: (value: T) => void): this {
    this.array(items.length);
    items.forEach((value) => item(value));
    return this;
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

  digest(value: string): this {
    return this.bin(fromBase64url(value));
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#at);
  }

  #number(value: number, form: Form): this {
    if (value <= form.most) return this.#append([form.fix + value]);
    for (const [head, size] of form.wide) {
      if (value >= 2 ** (8 * size)) continue;
      const digits = Array.from({ length: size }, (_, index) => Math.floor(value / 256 ** (size - 1 - index)) % 256);
      return this.#append([head, ...digits]);
    }
    throw new RangeError(`too large: ${value}`);
  }

  #append(content: ArrayLike<number>): this {
    const needed = this.#at + content.length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(content, this.#at);
    this.#at = needed;
    return this;
  }
}
