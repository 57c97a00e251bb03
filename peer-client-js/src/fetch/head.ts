import type { StoredManifest } from '../store/store.js';
import type { HeaderField } from '../wire/messages.js';
import type { ByteRange } from './range.js';

export interface ResponseHead {
  readonly status: number;
  readonly headers: readonly HeaderField[];
}

/** Fields that tell about a message, not about the representation that the manifest is of. */
const OF_A_MESSAGE = new Set(['content-length', 'content-range', 'content-encoding', 'transfer-encoding']);

/** The head of an answer: the manifest's own fields, and the length that follows from its size and the range. */
export function responseHead(manifest: StoredManifest, range: ByteRange | undefined): ResponseHead {
  const own = manifest.headers.filter(([name]) => !OF_A_MESSAGE.has(name));
  if (range === undefined) {
    return { status: manifest.status, headers: [...own, ['content-length', String(manifest.size)]] };
  }
  const { first, last } = range;
  return {
    status: 206,
    headers: [
      ...own,
      ['content-range', `bytes ${first}-${last}/${manifest.size}`],
      ['content-length', String(last - first + 1)],
    ],
  };
}
