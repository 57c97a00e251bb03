import {
  type Answerer,
  type Body,
  ExchangeError,
  type ExchangeRequest,
  type ExchangeResponse,
  type Piece,
} from '../exchange/types.js';
import { bytesOf, chunksOf, type Run, selectRange } from '../fetch/range.js';
import type { ChunkStore, Holding } from '../store/store.js';
import { chunkCount } from '../verify/digest.js';
import { Limits } from '../wire/limits.js';
import type { UploadBudget } from './upload-budget.js';

export interface ServingOptions {
  readonly store: ChunkStore;
  readonly budget: () => UploadBudget;
  /** False while the visitor's device or window does not lend itself: everything is answered with 504. */
  readonly isServing: () => boolean;
  /** The bytes of a packed chunk. */
  readonly unpack: (packed: Uint8Array, length: number) => Uint8Array;
  readonly onServed: (bytes: number) => void;
}

const TARGET = /^\/\.gyre\/(c|chunks)\/([A-Za-z0-9_-]{43})$/;
const READ_BATCH = 16;
/** Answers at work at once, for all peers together; so many requests more wait for their turn, and the others get 504. */
const MOST_ANSWERS = 8;
const MOST_WAITING = 120;

/** Answers other peers from the store (PROTOCOL.md, section 5, "What a peer answers"). */
export function serving(options: ServingOptions): Answerer {
  const turns = new Turns();
  return async (request, signal) => {
    const [, kind, digest] = TARGET.exec(request.target) ?? [];
    // What nobody reads is not kept.
    void request.body[Symbol.asyncIterator]().return?.();
    if (request.method !== 'GET' || digest === undefined) return answer(404);
    if (!options.isServing()) return answer(504);
    if (!(await turns.take(signal))) return answer(504);
    try {
      const response = await (kind === 'c'
        ? serveChunks(options, request, digest, signal)
        : serveList(options, digest, signal));
      return { ...response, body: turns.during(response.body) };
    } catch (failure) {
      turns.pass();
      throw failure;
    }
  };
}

/** Who may work on an answer: so many at once, the others in the order in which they asked. */
class Turns {
  #atWork = 0;
  readonly #waiting: (() => void)[] = [];

  /** False where too many wait already. Fails where nobody waits for the answer any more. */
  async take(signal: AbortSignal): Promise<boolean> {
    if (this.#atWork < MOST_ANSWERS) this.#atWork++;
    else if (this.#waiting.length >= MOST_WAITING) return false;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (!signal.aborted) return true;
    this.pass();
    throw signal.reason;
  }

  pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#atWork--;
    else next();
  }

  async *during(body: Body): Body {
    try {
      yield* body;
    } finally {
      this.pass();
    }
  }
}

async function serveList(options: ServingOptions, digest: string, signal: AbortSignal): Promise<ExchangeResponse> {
  const hashes = await options.store.chunkList(digest);
  if (hashes === undefined || !options.budget().allows(hashes.byteLength)) return answer(504);
  return { ...answer(200), body: listBody(options, hashes, signal) };
}

async function* listBody(options: ServingOptions, hashes: Uint8Array, signal: AbortSignal): Body {
  for await (const piece of pieces(hashes)) {
    await spend(options, piece.bytes.byteLength, signal);
    yield piece;
  }
}

async function serveChunks(
  options: ServingOptions,
  request: ExchangeRequest,
  digest: string,
  signal: AbortSignal,
): Promise<ExchangeResponse> {
  const holding = await options.store.holding(digest);
  const field = request.headers.find(([name]) => name === 'range')?.[1] ?? null;
  const run = holding === undefined ? undefined : heldRun(holding, field);
  if (holding === undefined || run === undefined) return answer(504);
  const range = bytesOf(run, holding.size);
  if (!options.budget().allows(range.last + 1 - range.first)) return answer(504);
  const readsPacked = request.headers.some(([name, value]) => name === 'te' && value.includes('zstd'));
  const body = chunkBody(options, holding, run, readsPacked, signal);
  if (field === null) return { status: 200, headers: [], body };
  const contentRange = `bytes ${range.first}-${range.last}/${holding.size}`;
  return { status: 206, headers: [['content-range', contentRange]], body };
}

/** The chunks asked for, where all of them are held. */
function heldRun(holding: Holding, field: string | null): Run | undefined {
  const selection = selectRange(field, holding.size);
  if (selection.kind === 'unsatisfiable') return undefined;
  const run = selection.kind === 'part' ? chunksOf(selection.range) : { first: 0, count: chunkCount(holding.size) };
  const isHeld = holding.have.subarray(run.first, run.first + run.count).every((one) => one === 1);
  return isHeld ? run : undefined;
}

async function* chunkBody(
  options: ServingOptions,
  { digest, size }: Holding,
  run: Run,
  readsPacked: boolean,
  signal: AbortSignal,
): Body {
  const { store, unpack } = options;
  const end = run.first + run.count;
  const read = (first: number) => {
    const batch = first < end ? store.chunks(digest, first, Math.min(READ_BATCH, end - first)) : Promise.resolve([]);
    // Read ahead: whether it failed is asked when it is needed.
    batch.catch(() => undefined);
    return batch;
  };
  let ahead: ReturnType<typeof read> | undefined;
  for (let index = run.first; index < end;) {
    const chunks = await (ahead ?? read(index));
    ahead = undefined;
    const next = index + chunks.length;
    if (chunks.length === 0) throw new Error(`chunk ${index} of ${digest} is gone`);
    for (const chunk of chunks) {
      const isPacked = chunk.isPacked && readsPacked;
      const length = Math.min(Limits.CHUNK, size - chunk.index * Limits.CHUNK);
      const bytes = chunk.isPacked && !readsPacked ? unpack(chunk.bytes, length) : chunk.bytes;
      await spend(options, bytes.byteLength, signal);
      ahead ??= read(next);
      yield { bytes, isPacked };
      index += 1;
    }
  }
}

/** Before every piece: other answers spend meanwhile, and the window may have been hidden. */
async function spend(options: ServingOptions, bytes: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (!options.isServing()) throw new ExchangeError('overloaded', 'this visitor serves no more');
  await options.budget().spend(bytes, signal);
  options.onServed(bytes);
}

function answer(status: number): ExchangeResponse {
  return { status, headers: [], body: pieces(new Uint8Array(0)) };
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Piece> {
  for (let at = 0; at < bytes.byteLength; at += Limits.FRAME_PAYLOAD) {
    yield { bytes: bytes.subarray(at, at + Limits.FRAME_PAYLOAD), isPacked: false };
  }
}
