import { answered, moved, openDatabase, written } from './database.js';
import {
  isComplete,
  noCounts,
  sumOf,
  type ChunkStore,
  type Counts,
  type Holding,
  type Kept,
  type StoredChunk,
  type StoredManifest,
  type StoredNumber,
  type StoredRun,
} from './store.js';
import { chunkCount } from '../verify/digest.js';

/** A run never crosses a multiple of so many chunks: a reader of some of them reads 1 MiB at most. */
const RUN = 16;

/** The name of the database; one per origin, since a site is an origin to a browser. */
export const DATABASE = 'gyre';
const BYTES = 'bytes held';
const NONE: Kept = { stored: false, complete: false, evicted: [] };
/** The object stores that hold a representation. */
const HELD = ['holdings', 'chunks', 'lists', 'numbers'];

/** Opens the visitor's store. Rejects where the browser refuses IndexedDB. The quota is in bytes. */
export async function openIndexedStore(quotaBytes: number): Promise<ChunkStore> {
  const database = await openDatabase(DATABASE, (created) => {
    created.createObjectStore('manifests', { keyPath: 'resource' });
    created.createObjectStore('holdings', { keyPath: 'digest' }).createIndex('used', 'usedMs');
    for (const name of ['lists', 'chunks', 'counts', 'numbers']) created.createObjectStore(name);
  });
  return new IndexedStore(database, quotaBytes);
}

/** IndexedDB, shared by the tabs and the service worker of an origin: every change is one transaction. */
class IndexedStore implements ChunkStore {
  constructor(
    private readonly database: IDBDatabase,
    private readonly quotaBytes: number,
  ) {}

  manifest(resource: string): Promise<StoredManifest | undefined> {
    return this.#read('manifests', (manifests) => manifests.get(resource));
  }

  keepManifest(manifest: StoredManifest): Promise<boolean> {
    return this.#write(['manifests'], async (transaction) => {
      const manifests = transaction.objectStore('manifests');
      const known = await answered<StoredManifest | undefined>(manifests.get(manifest.resource));
      const isNews = known === undefined || known.generation <= manifest.generation;
      if (isNews) manifests.put(manifest);
      return isNews;
    });
  }

  chunkList(digest: string): Promise<Uint8Array | undefined> {
    return this.#read('lists', (lists) => lists.get(digest));
  }

  keepChunkList(digest: string, hashes: Uint8Array): Promise<void> {
    return this.#put('lists', hashes, digest);
  }

  holding(digest: string): Promise<Holding | undefined> {
    return this.#read('holdings', (holdings) => holdings.get(digest));
  }

  holdings(): Promise<readonly Holding[]> {
    return this.#read('holdings', (holdings) => holdings.getAll());
  }

  async chunks(digest: string, first: number, count: number): Promise<readonly StoredChunk[]> {
    const range = IDBKeyRange.bound([digest, first - (first % RUN)], [digest, first + count - 1]);
    const store = this.database.transaction('chunks').objectStore('chunks');
    const [keys, records] = await Promise.all([
      answered<[string, number][]>(store.getAllKeys(range)),
      answered<StoredRun[]>(store.getAll(range)),
    ]);
    const found = records.flatMap((run, at) => chunksOfRun(run, keys[at]?.[1] ?? 0));
    const wanted = found.filter(({ index }) => index >= first && index < first + count);
    const gap = wanted.findIndex(({ index }, at) => index !== first + at);
    return gap < 0 ? wanted : wanted.slice(0, gap);
  }

  async keepChunks(digest: string, size: number, chunks: readonly StoredChunk[], nowMs: number): Promise<Kept> {
    try {
      return await this.#write(HELD, (transaction) => this.#keep(transaction, digest, size, chunks, nowMs));
    } catch (failure) {
      if (failure instanceof DOMException && failure.name === 'QuotaExceededError') return NONE;
      throw failure;
    }
  }

  async #keep(
    transaction: IDBTransaction,
    digest: string,
    size: number,
    chunks: readonly StoredChunk[],
    nowMs: number,
  ): Promise<Kept> {
    const holdings = transaction.objectStore('holdings');
    const before = await answered<Holding | undefined>(holdings.get(digest));
    const have = before?.have.slice() ?? new Uint8Array(chunkCount(size));
    const fresh = chunks.filter((chunk) => have[chunk.index] === 0);
    const added = fresh.reduce((sum, chunk) => sum + chunk.bytes.byteLength, 0);
    const own = before?.bytes ?? 0;
    if (own + added > this.quotaBytes) return NONE;
    const evicted = await this.#makeRoom(transaction, digest, added);
    for (const run of runsOf(fresh)) transaction.objectStore('chunks').put(recordOf(run), [digest, run[0].index]);
    for (const { index } of fresh) have[index] = 1;
    const holding = { digest, size, have, bytes: own + added, usedMs: nowMs };
    holdings.put(holding);
    return { stored: true, complete: isComplete(holding), evicted };
  }

  /** Drops the least recently used until `added` bytes fit; `keep` stays whatever its age. */
  async #makeRoom(transaction: IDBTransaction, keep: string, added: number): Promise<string[]> {
    const numbers = transaction.objectStore('numbers');
    let bytes = (await bytesHeld(numbers)) + added;
    const evicted: string[] = [];
    let cursor =
      bytes > this.quotaBytes
        ? await answered<IDBCursorWithValue | null>(transaction.objectStore('holdings').index('used').openCursor())
        : null;
    for (; cursor !== null && bytes > this.quotaBytes; cursor = await moved(cursor)) {
      const holding = cursor.value as Holding;
      if (holding.digest === keep) continue;
      bytes -= holding.bytes;
      if (isComplete(holding)) evicted.push(holding.digest);
      remove(transaction, holding.digest);
    }
    numbers.put(bytes, BYTES);
    return evicted;
  }

  touch(digest: string, nowMs: number): Promise<void> {
    return this.#write(['holdings'], async (transaction) => {
      const holdings = transaction.objectStore('holdings');
      const holding = await answered<Holding | undefined>(holdings.get(digest));
      if (holding !== undefined) holdings.put({ ...holding, usedMs: nowMs });
    });
  }

  prune(endedMs: number): Promise<void> {
    return this.#write(['manifests', 'holdings'], async (transaction) => {
      const held = new Set(await answered<string[]>(transaction.objectStore('holdings').getAllKeys()));
      let cursor = await answered<IDBCursorWithValue | null>(transaction.objectStore('manifests').openCursor());
      for (; cursor !== null; cursor = await moved(cursor)) {
        const { digest, issuedMs, lifetimeMs } = cursor.value as StoredManifest;
        if (issuedMs + lifetimeMs < endedMs && !held.has(digest)) cursor.delete();
      }
    });
  }

  drop(digest: string): Promise<void> {
    return this.#write(HELD, async (transaction) => {
      const holding = await answered<Holding | undefined>(transaction.objectStore('holdings').get(digest));
      const numbers = transaction.objectStore('numbers');
      numbers.put((await bytesHeld(numbers)) - (holding?.bytes ?? 0), BYTES);
      remove(transaction, digest);
    });
  }

  async counts(): Promise<ReadonlyMap<string, Counts>> {
    const store = this.database.transaction('counts').objectStore('counts');
    const [pages, counts] = await Promise.all([
      answered<string[]>(store.getAllKeys()),
      answered<Counts[]>(store.getAll()),
    ]);
    return new Map(pages.map((page, at) => [page, counts[at] ?? noCounts]));
  }

  addCounts(page: string, addition: Counts): Promise<void> {
    return this.#write(['counts'], async (transaction) => {
      const counts = transaction.objectStore('counts');
      counts.put(sumOf((await answered<Counts | undefined>(counts.get(page))) ?? noCounts, addition), page);
    });
  }

  number(name: StoredNumber): Promise<number | undefined> {
    return this.#read('numbers', (numbers) => numbers.get(name));
  }

  keepNumber(name: StoredNumber, value: number): Promise<void> {
    return this.#put('numbers', value, name);
  }

  close(): void {
    this.database.close();
  }

  async #read<Value>(name: string, ask: (store: IDBObjectStore) => IDBRequest): Promise<Value> {
    return answered(ask(this.database.transaction(name).objectStore(name)));
  }

  #put(name: string, value: unknown, key: string): Promise<void> {
    return this.#write([name], async (transaction) => {
      transaction.objectStore(name).put(value, key);
    });
  }

  #write<Value>(names: readonly string[], work: (transaction: IDBTransaction) => Promise<Value>): Promise<Value> {
    return written(this.database, names, work);
  }
}

async function bytesHeld(numbers: IDBObjectStore): Promise<number> {
  return (await answered<number | undefined>(numbers.get(BYTES))) ?? 0;
}

function remove(transaction: IDBTransaction, digest: string): void {
  transaction.objectStore('holdings').delete(digest);
  transaction.objectStore('chunks').delete(IDBKeyRange.bound([digest, 0], [digest, Infinity]));
  transaction.objectStore('lists').delete(digest);
}

type Run = [StoredChunk, ...StoredChunk[]];

function runsOf(chunks: readonly StoredChunk[]): readonly Run[] {
  const runs: Run[] = [];
  let next = -1;
  for (const chunk of [...chunks].sort((a, b) => a.index - b.index)) {
    if (chunk.index === next && next % RUN > 0) runs.at(-1)?.push(chunk);
    else runs.push([chunk]);
    next = chunk.index + 1;
  }
  return runs;
}

function recordOf(run: Run): StoredRun {
  const lengths = run.map(({ bytes }) => bytes.length);
  const all = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const { bytes } of run) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return { lengths, packed: run.map(({ isPacked }) => isPacked), bytes: all.buffer };
}

function chunksOfRun({ lengths, packed, bytes }: StoredRun, first: number): StoredChunk[] {
  let at = 0;
  return lengths.map((length, i) => {
    const chunk = { index: first + i, isPacked: packed[i] === true, bytes: new Uint8Array(bytes, at, length) };
    at += length;
    return chunk;
  });
}
