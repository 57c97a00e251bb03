import { fromBase64url } from './base64url.js';
import { isAscii } from './ascii.js';
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
    return isAscii(value) ? this.#ascii(value) : this.#text(utf8.encode(value));
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

  #text(content: Uint8Array): this {
    return this.#number(content.length, STR).#append(content);
  }

  /** Most texts are short and plain: no encoder is asked for them. */
  #ascii(value: string): this {
    this.#number(value.length, STR);
    const at = this.#grow(value.length);
    for (let index = 0; index < value.length; index++) this.#bytes[at + index] = value.charCodeAt(index);
    return this;
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
    const at = this.#grow(content.length);
    this.#bytes.set(content, at);
    return this;
  }

  /** Makes room for so many more bytes; where they begin. */
  #grow(length: number): number {
    const at = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#at, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return at;
  }
}
