import { DecodeError } from './decode-error.js';
import { readHeaders, readStatus, writeHeaders } from './fields.js';
import { Limits } from './limits.js';
import { CANCEL_CODES, type PeerFrame } from './messages.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

/** In the order of their types, which begin with 1. */
const TYPES = ['request', 'response', 'data', 'packed', 'end', 'cancel', 'credit'] as const;
const EMPTY = new Uint8Array(0);
const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TARGET = /^[\x21-\x7e]+$/;
const EXCHANGE_MOST = 2 ** 31 - 1;

/** A frame in two parts, so that a body's bytes are copied once only, into their message. */
export interface EncodedFrame {
  readonly head: Uint8Array;
  readonly payload: Uint8Array;
}

/** PROTOCOL.md, section 5. Fails with a RangeError where the payload is past its limit. */
export function encodeFrame(frame: PeerFrame): EncodedFrame {
  const payload = encodePayload(frame);
  if (payload.length > Limits.FRAME_PAYLOAD) throw new RangeError(`a ${frame.type} frame of ${payload.length} bytes`);
  const head = [TYPES.indexOf(frame.type) + 1, ...varint(frame.exchange), ...varint(payload.length)];
  return { head: Uint8Array.from(head), payload };
}

function encodePayload(frame: PeerFrame): Uint8Array {
  switch (frame.type) {
    case 'request': {
      const writer = new Writer().array(3).str(frame.method).str(frame.target);
      writeHeaders(writer, frame.headers);
      return writer.finish();
    }
    case 'response': {
      const writer = new Writer().array(2).uint(frame.status);
      writeHeaders(writer, frame.headers);
      return writer.finish();
    }
    case 'data':
    case 'packed':
      return frame.payload;
    case 'end':
      return EMPTY;
    case 'cancel':
      return new Writer().array(2).uint(CANCEL_CODES.indexOf(frame.code)).str(frame.reason).finish();
    case 'credit':
      return new Writer().array(1).uint(frame.bytes).finish();
    default:
      return frame satisfies never;
  }
}

function varint(value: number): number[] {
  const digits: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 128)) digits.push((left % 128) | 0x80);
  digits.push(left);
  return digits;
}

/** The frames of one message, without those of unknown type. Bodies are views of the message. */
export function decodeFrames(message: Uint8Array): PeerFrame[] {
  if (message.length > Limits.EXCHANGE_MESSAGE) throw new DecodeError(0, `a message of ${message.length} bytes`);
  if (message.length === 0) throw new DecodeError(0, 'an empty message');
  const frames: PeerFrame[] = [];
  const cursor = { bytes: message, at: 0 };
  while (cursor.at < message.length) {
    const start = cursor.at;
    const type = message[cursor.at++] ?? 0;
    const exchange = readVarint(cursor, EXCHANGE_MOST);
    const length = readVarint(cursor, Limits.FRAME_PAYLOAD);
    if (length > message.length - cursor.at) throw new DecodeError(start, 'a frame is cut short');
    const payload = message.subarray(cursor.at, cursor.at + length);
    cursor.at += length;
    const name = TYPES[type - 1];
    if (name) frames.push(decodePayload(name, exchange, payload));
  }
  return frames;
}

function readVarint(cursor: { readonly bytes: Uint8Array; at: number }, most: number): number {
  const start = cursor.at;
  let value = 0;
  for (let scale = 1; scale < 2 ** 35; scale *= 128) {
    const digit = cursor.bytes[cursor.at++];
    if (digit === undefined) throw new DecodeError(start, 'a number is cut short');
    value += (digit & 0x7f) * scale;
    if (digit >= 0x80) continue;
    if (digit === 0 && scale > 1) throw new DecodeError(start, 'a number is not in its shortest form');
    if (value > most) throw new DecodeError(start, `a number is ${value}, the most is ${most}`);
    return value;
  }
  throw new DecodeError(start, 'a number has more than 5 bytes');
}

function decodePayload(type: (typeof TYPES)[number], exchange: number, payload: Uint8Array): PeerFrame {
  const reader = new Reader(payload);
  const frame = readFrame(type, exchange, payload, reader);
  if (type !== 'data' && type !== 'packed') reader.end();
  return frame;
}

function readFrame(type: (typeof TYPES)[number], exchange: number, payload: Uint8Array, reader: Reader): PeerFrame {
  switch (type) {
    case 'request':
      reader.fields(type, 3);
      return {
        type,
        exchange,
        method: reader.str('method', Limits.METHOD, METHOD),
        target: reader.str('target', Limits.TARGET, TARGET),
        headers: readHeaders(reader),
      };
    case 'response':
      reader.fields(type, 2);
      return { type, exchange, status: readStatus(reader), headers: readHeaders(reader) };
    case 'data':
    case 'packed':
      return { type, exchange, payload };
    case 'end':
      return { type, exchange };
    case 'cancel': {
      reader.fields(type, 2);
      const code = CANCEL_CODES[reader.uint('code')];
      if (!code) throw new DecodeError(reader.offset, 'unknown cancel code');
      return { type, exchange, code, reason: reader.str('reason', Limits.REASON) };
    }
    case 'credit':
      reader.fields(type, 1);
      return { type, exchange, bytes: reader.uint('credit') };
    default:
      return type satisfies never;
  }
}
