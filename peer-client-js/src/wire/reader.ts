import { DecodeError } from './decode-error.js';
import { ARRAY, beyond, BIN, FALSE, type Form, STR, TRUE, UINT } from './forms.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads the MessagePack subset of PROTOCOL.md, section 1, front to back, each value in its shortest form. A length is
 * compared with its limit and with what is left before anything is allocated; binary values are views of the input.
 * Fails with a DecodeError and nothing else; its offset tells which value it was.
 */
export class Reader {
  offset = 0;

  constructor(readonly bytes: Uint8Array) {}

  /** The items of an array of at most `limit` items, each read by `item`. */
  list<T>(limit: number, item: () => T): T[] {
    const items: T[] = [];
    for (let left = this.array(limit); left > 0; left--) items.push(item());
    return items;
  }

  /** The header of an array of at most `limit` fields: how many it has. */
  array(limit: number): number {
    return this.#length(ARRAY, limit);
  }

  uint(most = Number.MAX_SAFE_INTEGER): number {
    const value = this.#number(UINT);
    if (value > most) this.fail('past its limit');
    return value;
  }

  bool(): boolean {
    const head = this.#byte();
    if (head !== FALSE && head !== TRUE) this.fail('no boolean');
    return head === TRUE;
  }

  /** A string of at most `limit` bytes of UTF-8. */
  str(limit: number): string {
    const content = this.#take(this.#length(STR, limit));
    try {
      return utf8.decode(content);
    } catch {
      return this.fail('not UTF-8');
    }
  }

  bin(limit: number): Uint8Array {
    return this.#take(this.#length(BIN, limit));
  }

  end(): void {
    if (this.offset !== this.bytes.length) this.fail('trailing bytes');
  }

  fail(reason: string): never {
    throw new DecodeError(this.offset, reason);
  }

  #byte(): number {
    return this.bytes[this.offset++] ?? this.fail('cut short');
  }

  #take(length: number): Uint8Array {
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  /** A count of bytes or items; an item takes a byte at least. */
  #length(form: Form, limit: number): number {
    const length = this.#number(form);
    if (length > limit) this.fail('past its limit');
    if (length > this.bytes.length - this.offset) this.fail('cut short');
    return length;
  }

  #number({ fix, most, head, least, largest }: Form): number {
    const byte = this.#byte();
    if (byte >= fix && byte - fix <= most) return byte - fix;
    const log = byte - head;
    if (log < least || log > largest) this.fail('of another type');
    let value = 0;
    for (let left = 1 << log; left > 0; left--) value = value * 256 + this.#byte();
    if (value > Number.MAX_SAFE_INTEGER) this.fail('above 2^53-1');
    if (value <= most || (log > least && value < beyond(log - 1))) this.fail('not in its shortest form');
    return value;
  }
}
