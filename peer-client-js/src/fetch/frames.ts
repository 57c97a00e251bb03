import type { Piece } from '../exchange/types.js';
import { joined } from '../wire/bytes.js';
import { readFrame } from '../wire/frames.js';
import { SourceError } from './piece.js';

/** The chunks in a body of `application/vnd.gyre.frames`, which ends with an `end` frame. */
export async function* frameBodies(body: ReadableStream<Uint8Array> | null): AsyncIterable<Piece> {
  if (body === null) return;
  const reader = body.getReader();
  let rest = new Uint8Array(0);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw new SourceError('failed', 'HTTP broke off before the end');
      rest = joined([rest, value]);
      for (let read = readFrame(rest, 0); read !== undefined; read = readFrame(rest, 0)) {
        const { frame, next } = read;
        if (frame?.type === 'end') return;
        if (frame?.type === 'cancel') throw new SourceError('failed', `HTTP broke off: ${frame.reason}`);
        if (frame?.type === 'data' || frame?.type === 'packed')
          yield { bytes: frame.payload.slice(), isPacked: frame.type === 'packed' };
        rest = rest.subarray(next);
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
