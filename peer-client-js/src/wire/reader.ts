import { toBase64url } from './base64url.js';
import { DecodeError } from './decode-error.js';
import { ARRAY, BIN, FALSE, type Form, mostBefore, STR, TRUE, UINT } from './forms.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads the MessagePack subset of PROTOCOL.md, section 1, front to back, each value in its shortest form. A length is
 * compared with its limit and with what is left before anything is allocated; binary values are views of the input.
 * Fails with a DecodeError and nothing else.
 */
export class Reader {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  /** The items of an array of at most `limit` items, each read by `item`. */
  list<T>(what: string, limit: number, item: () => T): T[] {
    const items: T[] = [];
    for (let left = this.#length(what, ARRAY, limit); left > 0; left--) items.push(item());
    return items;
  }

  /** The header of an array that has exactly `length` fields. */
  fields(what: string, length: number): void {
    const start = this.#at;
    const actual = this.#length(what, ARRAY, length);
    if (actual !== length) this.#fail(start, `${what} has ${actual} fields instead of ${length}`);
  }

  /** The header of a message whose tag decides how many fields follow; the tag counts as one. */
  open(what: string, limit: number): number {
    return this.#length(what, ARRAY, limit);
  }

  uint(what: string, most = Number.MAX_SAFE_INTEGER): number {
    const start = this.#at;
    const value = this.#number(what, UINT);
    if (value > most) this.#fail(start, `${what} is ${value}, the most is ${most}`);
    return value;
  }

  bool(what: string): boolean {
    const head = this.#byte(what);
    if (head !== FALSE && head !== TRUE) this.#fail(this.#at - 1, `${what} is not a boolean`);
    return head === TRUE;
  }

  /** A string of at most `limit` bytes of UTF-8, of the form of `pattern` where there is one. */
  str(what: string, limit: number, pattern?: RegExp): string {
    const start = this.#at;
    const content = this.#take(this.#length(what, STR, limit));
    let value: string;
    try {
      value = utf8.decode(content);
    } catch {
      return this.#fail(start, `${what} is not UTF-8`);
    }
    if (pattern && !pattern.test(value)) this.#fail(start, `${what} has the wrong form`);
    return value;
  }

  bin(what: string, limit: number): Uint8Array {
    return this.#take(this.#length(what, BIN, limit));
  }

  /** Binary of exactly `length` bytes. */
  binOf(what: string, length: number): Uint8Array {
    const start = this.#at;
    const content = this.bin(what, length);
    if (content.length !== length) this.#fail(start, `${what} has ${content.length} bytes instead of ${length}`);
    return content;
  }

  digest(): string {
    return toBase64url(this.binOf('digest', 32));
  }

  get offset(): number {
    return this.#at;
  }

  end(): void {
    if (this.#at !== this.bytes.length) this.#fail(this.#at, 'trailing bytes');
  }

  #fail(offset: number, reason: string): never {
    throw new DecodeError(offset, reason);
  }

  #byte(what: string): number {
    const byte = this.bytes[this.#at];
    if (byte === undefined) return this.#fail(this.#at, `${what} is missing`);
    this.#at++;
    return byte;
  }

  #take(length: number): Uint8Array {
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }

  /** A count of bytes or items; an item takes a byte at least. */
  #length(what: string, form: Form, limit: number): number {
    const start = this.#at;
    const length = this.#number(what, form);
    if (length > limit) this.#fail(start, `${what} has a length of ${length}, the limit is ${limit}`);
    if (length > this.bytes.length - this.#at) this.#fail(start, `${what} is cut short`);
    return length;
  }

  #number(what: string, form: Form): number {
    const start = this.#at;
    const head = this.#byte(what);
    if (head >= form.fix && head - form.fix <= form.most) return head - form.fix;
    const index = form.wide.findIndex(([wideHead]) => wideHead === head);
    const size = form.wide[index]?.[1];
    if (size === undefined) return this.#fail(start, `${what} has the wrong type`);
    const value = this.#wide(what, size);
    if (value <= mostBefore(form, index)) this.#fail(start, `${what} is not in its shortest form`);
    return value;
  }

  #wide(what: string, size: number): number {
    const start = this.#at;
    let value = 0;
    for (let left = size; left > 0; left--) value = value * 256 + this.#byte(what);
    if (value > Number.MAX_SAFE_INTEGER) this.#fail(start, `${what} is above 2^53-1`);
    return value;
  }
}
