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
} from './store.js';
import { chunkCount } from '../verify/digest.js';

interface ChunkRecord {
  readonly isPacked: boolean;
  readonly bytes: ArrayBuffer;
}

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
    const range = IDBKeyRange.bound([digest, first], [digest, first + count - 1]);
    const store = this.database.transaction('chunks').objectStore('chunks');
    const [keys, records] = await Promise.all([
      answered<[string, number][]>(store.getAllKeys(range)),
      answered<ChunkRecord[]>(store.getAll(range)),
    ]);
    const found: StoredChunk[] = [];
    for (const [at, record] of records.entries()) {
      if (keys[at]?.[1] !== first + at) break;
      found.push({ index: first + at, isPacked: record.isPacked, bytes: new Uint8Array(record.bytes) });
    }
    return found;
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
    for (const chunk of fresh) {
      const record: ChunkRecord = { isPacked: chunk.isPacked, bytes: exactBuffer(chunk.bytes) };
      transaction.objectStore('chunks').put(record, [digest, chunk.index]);
      have[chunk.index] = 1;
    }
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

/** IndexedDB clones a whole buffer, also where only a view of it is meant. */
function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength) return buffer;
  return bytes.slice().buffer;
}
