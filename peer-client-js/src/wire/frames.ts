import { DecodeError } from './decode-error.js';
import { choice, decode, encode, type Field, headers, reason, record, status, str, uint } from './fields.js';
import { Limits } from './limits.js';
import { CANCEL_CODES, type PeerFrame } from './messages.js';

/** In the order of their types, which begin with 1. */
const TYPES = ['request', 'response', 'data', 'packed', 'end', 'cancel', 'credit'] as const;
const EMPTY = new Uint8Array(0);
const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TARGET = /^[\x21-\x7e]+$/;
const EXCHANGE_MOST = 2 ** 31 - 1;

type Content<Type> = Omit<Extract<PeerFrame, { type: Type }>, 'type' | 'exchange'>;

/** The payloads that are messages themselves. */
const PAYLOADS: Partial<Record<PeerFrame['type'], Field<object>>> = {
  request: record<Content<'request'>>({
    method: str(Limits.METHOD, METHOD),
    target: str(Limits.TARGET, TARGET),
    headers,
  }),
  response: record<Content<'response'>>({ status, headers }),
  cancel: record<Content<'cancel'>>({ code: choice(CANCEL_CODES, 0), reason }),
  credit: record<Content<'credit'>>({ bytes: uint() }),
};

/** A frame in two parts, so that a body's bytes are copied once only, into their message. */
export interface EncodedFrame {
  readonly head: Uint8Array;
  readonly payload: Uint8Array;
}

/** PROTOCOL.md, section 5. Fails with a RangeError where the payload is past its limit. */
export function encodeFrame(frame: PeerFrame): EncodedFrame {
  const field = PAYLOADS[frame.type];
  const payload = field ? encode(field, frame) : 'payload' in frame ? frame.payload : EMPTY;
  if (payload.length > Limits.FRAME_PAYLOAD) throw new RangeError(`a ${frame.type} frame of ${payload.length} bytes`);
  const head = [TYPES.indexOf(frame.type) + 1, ...varint(frame.exchange), ...varint(payload.length)];
  return { head: Uint8Array.from(head), payload };
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 128) | 0x80, ...varint(Math.floor(value / 128))];
}

/** The frames of one message, without those of unknown type. Bodies are views of the message. */
export function decodeFrames(message: Uint8Array): PeerFrame[] {
  if (message.length > Limits.EXCHANGE_MESSAGE) throw new DecodeError(0, `a message of ${message.length} bytes`);
  const frames: PeerFrame[] = [];
  let at = 0;
  do {
    const read = readFrame(message, at);
    if (read === undefined) throw new DecodeError(at, 'a frame is cut short');
    if (read.frame) frames.push(read.frame);
    at = read.next;
  } while (at < message.length);
  return frames;
}

/** The frame from `start` on, where its type is known, and where the next begins; undefined while it is not all there. */
export function readFrame(
  bytes: Uint8Array,
  start: number,
): { readonly frame: PeerFrame | undefined; readonly next: number } | undefined {
  const exchange = readVarint(bytes, start + 1, EXCHANGE_MOST);
  const length = exchange && readVarint(bytes, exchange.next, Limits.FRAME_PAYLOAD);
  if (exchange === undefined || length === undefined || length.value > bytes.length - length.next) return undefined;
  const next = length.next + length.value;
  const type = TYPES[(bytes[start] ?? 0) - 1];
  return { frame: type && decodeFrame(type, exchange.value, bytes.subarray(length.next, next)), next };
}

function decodeFrame(type: (typeof TYPES)[number], exchange: number, payload: Uint8Array): PeerFrame {
  if (type === 'data' || type === 'packed') return { type, exchange, payload };
  const field = PAYLOADS[type];
  if (field) return { type, exchange, ...decode(field, payload, Limits.FRAME_PAYLOAD) } as PeerFrame;
  if (payload.length > 0) throw new DecodeError(0, 'an end is empty');
  return { type: 'end', exchange };
}

/** Undefined while it is not all there. */
function readVarint(
  bytes: Uint8Array,
  start: number,
  most: number,
): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const digit = bytes[start + index];
    if (digit === undefined) return undefined;
    value += (digit & 0x7f) * 128 ** index;
    if (digit >= 0x80) continue;
    if ((digit === 0 && index > 0) || value > most) break;
    return { value, next: start + index + 1 };
  }
  throw new DecodeError(start, 'a number past its limit, or not in its shortest form');
}
