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

/**
 * The answer from what this visitor holds, which was verified before it was stored; undefined where that is not all. Its
 * first bytes are read before there is an answer: what the store lists and cannot give is dropped, and asked elsewhere.
 */
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
  const first = await batchAt(store, manifest, range, run.first);
  if (first === undefined) {
    await store.drop(manifest.digest);
    return undefined;
  }
  const head = responseHead(manifest, wanted.range === null ? undefined : range);
  const body = storedBody(store, manifest, range, first);
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

function storedBody(
  store: ChunkStore,
  manifest: StoredManifest,
  range: ByteRange,
  first: readonly Uint8Array[],
): ReadableStream<Uint8Array> {
  const run = chunksOf(range);
  const end = run.first + run.count;
  let next = run.first;
  return new ReadableStream(
    {
      async pull(controller) {
        const chunks = next === run.first ? first : await batchAt(store, manifest, range, next);
        if (chunks === undefined) return controller.error(new Error('the store let it go'));
        for (const chunk of chunks) controller.enqueue(chunk);
        next += chunks.length;
        if (next === end) controller.close();
      },
    },
    { highWaterMark: 1 },
  );
}

/** The wanted bytes of some chunks from `next`; undefined where they are gone, or are not what they should be. */
async function batchAt(
  store: ChunkStore,
  { digest, size }: StoredManifest,
  range: ByteRange,
  next: number,
): Promise<readonly Uint8Array[] | undefined> {
  const run = chunksOf(range);
  const stored = await store.chunks(digest, next, Math.min(READ_BATCH, run.first + run.count - next));
  const chunks: Uint8Array[] = [];
  for (const { index, isPacked, bytes } of stored) {
    const chunk = isPacked ? unpackChunk(bytes, chunkLength(size, index)) : bytes;
    if (chunk === undefined) return undefined;
    chunks.push(cut(index, chunk, range));
  }
  return chunks.length === 0 ? undefined : chunks;
}
