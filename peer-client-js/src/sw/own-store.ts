import { responseHead } from '../fetch/head.js';
import { type ByteRange, chunksOf, cut, selectRange } from '../fetch/range.js';
import { type ChunkStore, isFresh, type StoredManifest } from '../store/store.js';
import { chunkLength } from '../verify/digest.js';
import { unpackChunk } from '../verify/unpack.js';
import type { HeaderField } from '../wire/messages.js';

export interface Wanted {
  readonly resource: string;
  readonly range: string | null;
  readonly ifRange: string | null;
}

export interface StoredAnswer {
  readonly response: Response;
  readonly bytes: number;
}

const READ_BATCH = 16;

/** The answer from what this visitor holds, which was verified before it was stored; undefined where that is not all. */
export async function answerFromStore(
  store: ChunkStore,
  wanted: Wanted,
  wallMs: number,
): Promise<StoredAnswer | undefined> {
  const [manifest, offsetMs, generation = 0] = await Promise.all([
    store.manifest(wanted.resource),
    store.number('clock'),
    store.number('generation'),
  ]);
  if (manifest === undefined || offsetMs === undefined) return undefined;
  if (manifest.generation < generation || !isFresh(manifest, wallMs + offsetMs)) return undefined;
  const range = selected(manifest, wanted);
  const holding = await store.holding(manifest.digest);
  if (range === undefined || holding === undefined) return undefined;
  const run = chunksOf(range);
  if (holding.have.subarray(run.first, run.first + run.count).includes(0)) return undefined;
  const head = responseHead(manifest, wanted.range === null ? undefined : range);
  const body = storedBody(store, manifest, range);
  return { response: new Response(body, head as ResponseInit), bytes: range.last + 1 - range.first };
}

/** The bytes to answer with; undefined where HTTP has to decide. */
function selected(manifest: StoredManifest, { range, ifRange }: Wanted): ByteRange | undefined {
  if (manifest.size === 0 || !isSameVersion(manifest.headers, ifRange)) return undefined;
  const selection = selectRange(range, manifest.size);
  if (selection.kind === 'part') return selection.range;
  return range === null ? { first: 0, last: manifest.size - 1 } : undefined;
}

/** If-Range (RFC 9110, 13.1.5): true where there is none, or it names this version. */
export function isSameVersion(headers: readonly HeaderField[], ifRange: string | null): boolean {
  if (ifRange === null) return true;
  return headers.some(([name, value]) => (name === 'etag' || name === 'last-modified') && value === ifRange);
}

function storedBody(store: ChunkStore, { digest, size }: StoredManifest, range: ByteRange): ReadableStream<Uint8Array> {
  const run = chunksOf(range);
  const end = run.first + run.count;
  let next = run.first;
  return new ReadableStream(
    {
      async pull(controller) {
        const chunks = await store.chunks(digest, next, Math.min(READ_BATCH, end - next));
        if (chunks.length === 0) return controller.error(new Error('the store let it go'));
        for (const { index, isPacked, bytes } of chunks) {
          const chunk = isPacked ? unpackChunk(bytes, chunkLength(size, index)) : bytes;
          if (chunk === undefined) return controller.error(new Error('a packed chunk that is none'));
          controller.enqueue(cut(index, chunk, range));
        }
        next += chunks.length;
        if (next === end) controller.close();
      },
    },
    { highWaterMark: 1 },
  );
}
