import { fromBase64url, toBase64url } from './base64url.js';
import { DecodeError } from './decode-error.js';
import { Limits } from './limits.js';
import type { AppId, Digest, HeaderField, PeerId } from './messages.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

/** One value of a message: how it is read, with its limit and form checked, and how it is written. */
export interface Field<Value> {
  read(reader: Reader): Value;
  write(writer: Writer, value: Value): void;
}

/** The fields of a message in their order. */
export type Shape<Value> = { readonly [Name in keyof Value]: Field<Value[Name]> };

type Kind<Message, Type> = Message extends { readonly type: infer Own } ? (Type extends Own ? Message : never) : never;

/** Messages by their types: the number that each begins with, and what follows it. */
export type Kinds<Message extends { readonly type: string }> = {
  readonly [Type in Message['type']]: readonly [tag: number, shape: Shape<Omit<Kind<Message, Type>, 'type'>>];
};

/** One of several messages; what begins with an unknown number reads as `undefined`. */
export interface Tagged<Message> {
  read(reader: Reader): Message | undefined;
  write(writer: Writer, message: Message): void;
}

/** Fails with a DecodeError and nothing else. `undefined` from `field` says that the message is to be ignored. */
export function decode<Value>(field: Pick<Field<Value>, 'read'>, bytes: Uint8Array, limit: number): Value {
  const reader = new Reader(bytes);
  if (bytes.length > limit) reader.fail('past its limit');
  const value = field.read(reader);
  if (value !== undefined) reader.end();
  return value;
}

export function encode<Value>(field: Pick<Field<Value>, 'write'>, value: Value): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  field.write(writer, value);
  return writer.finish();
}

/** Several fields as one array, of exactly these. */
export function record<Value extends object>(shape: Shape<Value>): Field<Value> {
  return {
    read(reader) {
      const count = Object.keys(shape).length;
      if (reader.array(count) !== count) reader.fail('of another number of fields');
      return readAll(reader, shape);
    },
    write(writer, value) {
      writer.array(Object.keys(shape).length);
      writeAll(writer, shape, value);
    },
  };
}

export function tagged<Message extends { readonly type: string }>(kinds: Kinds<Message>): Tagged<Message> {
  const known = kinds as Readonly<Record<string, readonly [tag: number, shape: Shape<object>]>>;
  return {
    read(reader) {
      const count = reader.array(reader.bytes.length);
      const tag = reader.uint();
      const type = Object.keys(known).find((name) => known[name]?.[0] === tag);
      const shape = type && known[type]?.[1];
      if (!shape) return undefined;
      if (count !== Object.keys(shape).length + 1) reader.fail('of another number of fields');
      return { type, ...readAll(reader, shape) } as unknown as Message;
    },
    write(writer, message) {
      const [tag, shape] = kinds[message.type as Message['type']];
      writer.array(Object.keys(shape).length + 1).uint(tag);
      writeAll<object>(writer, shape, message);
    },
  };
}

function readAll<Value extends object>(reader: Reader, shape: Shape<Value>): Value {
  const fields = Object.entries(shape) as [string, Field<unknown>][];
  return Object.fromEntries(fields.map(([name, field]) => [name, field.read(reader)])) as Value;
}

function writeAll<Value extends object>(writer: Writer, shape: Shape<Value>, value: Value): void {
  for (const name in shape) shape[name].write(writer, value[name]);
}

/** Read only where `isRight`. */
export function checked<Value>(field: Field<Value>, isRight: (value: Value) => boolean): Field<Value> {
  return {
    ...field,
    read(reader) {
      const start = reader.offset;
      const value = field.read(reader);
      if (!isRight(value)) throw new DecodeError(start, 'of the wrong form');
      return value;
    },
  };
}

export function uint(most?: number): Field<number> {
  return { read: (reader) => reader.uint(most), write: (writer, value) => writer.uint(value) };
}

export const bool: Field<boolean> = { read: (reader) => reader.bool(), write: (writer, value) => writer.bool(value) };

export function str(limit: number, pattern?: RegExp): Field<string> {
  const field: Field<string> = { read: (reader) => reader.str(limit), write: (writer, value) => writer.str(value) };
  return pattern === undefined ? field : checked(field, (value) => pattern.test(value));
}

export function bin(limit: number): Field<Uint8Array> {
  return { read: (reader) => reader.bin(limit), write: (writer, value) => writer.bin(value) };
}

/** Binary of exactly `length` bytes. */
export function binOf(length: number): Field<Uint8Array> {
  return checked(bin(length), (value) => value.length === length);
}

/** So many bytes, which are base64url outside of messages. */
export function named(length: number): Field<string> {
  const bytes = binOf(length);
  return {
    read: (reader) => toBase64url(bytes.read(reader)),
    write: (writer, value) => writer.bin(fromBase64url(value)),
  };
}

/** One of these names, as its place among them; the first is `first`. */
export function choice<Name extends string>(names: readonly Name[], first: number): Field<Name> {
  return {
    read: (reader) => names[reader.uint() - first] ?? reader.fail('unknown'),
    write: (writer, name) => writer.uint(names.indexOf(name) + first),
  };
}

export function list<Item>(limit: number, item: Field<Item>): Field<readonly Item[]> {
  return {
    read: (reader) => reader.list(limit, () => item.read(reader)),
    write(writer, items) {
      writer.array(items.length);
      for (const one of items) item.write(writer, one);
    },
  };
}

export const digest: Field<Digest> = named(32);
export const peer: Field<PeerId> = str(Limits.PEER_ID, /^[a-z0-9]{1,16}-[A-Za-z0-9_-]{22}$/);
/** The last character of 32 bytes in base64url carries 4 bits only. */
export const app: Field<AppId> = str(Limits.APP_ID, /^[a-z0-9-]{1,63}@[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/);
export const resource: Field<string> = str(Limits.RESOURCE);
export const reason: Field<string> = str(Limits.REASON);
export const status: Field<number> = checked(uint(599), (value) => value >= 200);

/** A token (RFC 9110, section 5.6.2) without capitals. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** Without control characters, but tabs (RFC 9110, section 5.5). */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\uffff]*$/;
const utf8 = new TextEncoder();

const headerFields = list<HeaderField>(Limits.HEADERS, {
  read(reader) {
    if (reader.array(2) !== 2) reader.fail('of another number of fields');
    return [reader.str(Limits.HEADER_NAME), reader.str(Limits.HEADER_VALUE)];
  },
  write(writer, [name, value]) {
    writer.array(2).str(name).str(value);
  },
});

/** Writing fails with a RangeError where the other side would refuse them. */
export const headers: Field<readonly HeaderField[]> = {
  ...checked(headerFields, areHeaders),
  write(writer, value) {
    if (!areHeaders(value)) throw new RangeError('headers past a limit, or of the wrong form');
    headerFields.write(writer, value);
  },
};

function areHeaders(fields: readonly HeaderField[]): boolean {
  let total = 0;
  const areRight = fields.every(([name, value]) => {
    const { length } = utf8.encode(value);
    total += name.length + length;
    const isInLimits = name.length <= Limits.HEADER_NAME && length <= Limits.HEADER_VALUE;
    return isInLimits && HEADER_NAME.test(name) && HEADER_VALUE.test(value);
  });
  return areRight && fields.length <= Limits.HEADERS && total <= Limits.HEADERS_TOTAL;
}
