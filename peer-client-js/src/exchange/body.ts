import { joined } from '../wire/bytes.js';
import { type Body, ExchangeError, type Piece } from './types.js';

/** The body of a message that has none. */
export const EMPTY_BODY: Body = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(DONE) }) };
const DONE = { done: true, value: undefined } as const;

export function bytesBody(bytes: Uint8Array): Body {
  return bytes.length === 0 ? EMPTY_BODY : piecesBody([{ bytes, isPacked: false }]);
}

export async function* piecesBody(pieces: Iterable<Piece> | AsyncIterable<Piece>): AsyncGenerator<Piece, void> {
  yield* pieces;
}

/** All bytes of an unpacked body of at most `limit` bytes. */
export async function collect(body: Body, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const { bytes, isPacked } of body) {
    if (isPacked) throw new ExchangeError('malformed', 'a packed frame where none was asked for');
    size += bytes.length;
    if (size > limit) throw new ExchangeError('limit', `a body above ${limit} bytes`);
    pieces.push(bytes);
  }
  return joined(pieces);
}
