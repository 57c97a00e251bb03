import type { Piece } from '../exchange/types.js';
import { decodeFrames } from '../wire/frames.js';
import { Limits } from '../wire/limits.js';
import { SourceError } from './piece.js';

/** The longest head of a frame: type, exchange and length (PROTOCOL.md, section 5). */
const HEAD = 11;

/** The chunks in a body of `application/vnd.gyre.frames`, which ends with an `end` frame. */
export async function* frameBodies(body: ReadableStream<Uint8Array> | null): AsyncIterable<Piece> {
  if (body === null) return;
  const reader = body.getReader();
  let rest = new Uint8Array(0);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      rest = joined(rest, value);
      for (let length = frameLength(rest); length !== undefined; length = frameLength(rest)) {
        for (const frame of decodeFrames(rest.subarray(0, length))) {
          if (frame.type === 'end') return;
          if (frame.type === 'cancel') throw new SourceError('failed', `HTTP broke off: ${frame.reason}`);
          if (frame.type !== 'data' && frame.type !== 'packed') continue;
          yield { bytes: frame.payload.slice(), isPacked: frame.type === 'packed' };
        }
        rest = rest.subarray(length);
      }
    }
    throw new SourceError('failed', 'HTTP broke off before the end');
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** The length of the first frame with its head; undefined while it is not all there. */
function frameLength(bytes: Uint8Array): number | undefined {
  let at = 1;
  while (at < HEAD && (bytes[at] ?? 0) >= 0x80) at += 1;
  at += 1;
  let length = 0;
  for (let scale = 1; at < HEAD + 1; scale *= 128) {
    const digit = bytes[at++];
    if (digit === undefined) return undefined;
    length += (digit & 0x7f) * scale;
    if (length > Limits.FRAME_PAYLOAD) throw new SourceError('failed', 'HTTP sent a frame past its limit');
    if (digit < 0x80) return at + length <= bytes.byteLength ? at + length : undefined;
  }
  throw new SourceError('failed', 'HTTP sent a frame that is none');
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.byteLength + other.byteLength);
  both.set(one);
  both.set(other, one.byteLength);
  return both;
}
