import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
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

interface Schema extends DBSchema {
  manifests: { key: string; value: StoredManifest };
  lists: { key: string; value: Uint8Array };
  holdings: { key: string; value: Holding; indexes: { used: number } };
  chunks: { key: [digest: string, index: number]; value: ChunkRecord };
  counts: { key: string; value: Counts };
  numbers: { key: string; value: number };
}

interface ChunkRecord {
  readonly isPacked: boolean;
  readonly bytes: ArrayBuffer;
}

type Writing = IDBPTransaction<Schema, ('holdings' | 'chunks' | 'lists' | 'numbers')[], 'readwrite'>;

/** The name of the database; one per origin, since a site is an origin to a browser. */
export const DATABASE = 'gyre';
const BYTES = 'bytes held';
const NONE: Kept = { stored: false, complete: false, evicted: [] };

/** Opens the visitor's store. Rejects where the browser refuses IndexedDB. The quota is in bytes. */
export async function openIndexedStore(quotaBytes: number): Promise<ChunkStore> {
  const database = await openDB<Schema>(DATABASE, 1, {
    upgrade(created) {
      created.createObjectStore('manifests', { keyPath: 'resource' });
      created.createObjectStore('lists');
      created.createObjectStore('holdings', { keyPath: 'digest' }).createIndex('used', 'usedMs');
      created.createObjectStore('chunks');
      created.createObjectStore('counts');
      created.createObjectStore('numbers');
    },
    // Somebody deletes the store (`gyre.off()`) or brings a newer one: let go at once.
    blocking: () => database.close(),
  });
  return new IndexedStore(database, quotaBytes);
}

/** IndexedDB, shared by the tabs and the service worker of an origin: every change is one transaction. */
class IndexedStore implements ChunkStore {
  constructor(
    private readonly database: IDBPDatabase<Schema>,
    private readonly quotaBytes: number,
  ) {}

  manifest(resource: string): Promise<StoredManifest | undefined> {
    return this.database.get('manifests', resource);
  }

  async keepManifest(manifest: StoredManifest): Promise<boolean> {
    const transaction = this.database.transaction('manifests', 'readwrite', { durability: 'relaxed' });
    const known = await transaction.store.get(manifest.resource);
    const isNews = known === undefined || known.generation <= manifest.generation;
    if (isNews) await transaction.store.put(manifest);
    await transaction.done;
    return isNews;
  }

  chunkList(digest: string): Promise<Uint8Array | undefined> {
    return this.database.get('lists', digest);
  }

  async keepChunkList(digest: string, hashes: Uint8Array): Promise<void> {
    await this.database.put('lists', hashes, digest);
  }

  holding(digest: string): Promise<Holding | undefined> {
    return this.database.get('holdings', digest);
  }

  holdings(): Promise<readonly Holding[]> {
    return this.database.getAll('holdings');
  }

  async chunks(digest: string, first: number, count: number): Promise<readonly StoredChunk[]> {
    const range = IDBKeyRange.bound([digest, first], [digest, first + count - 1]);
    const store = this.database.transaction('chunks').store;
    const [keys, records] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
    const found: StoredChunk[] = [];
    for (const [at, record] of records.entries()) {
      if (keys[at]?.[1] !== first + at) break;
      found.push({ index: first + at, isPacked: record.isPacked, bytes: new Uint8Array(record.bytes) });
    }
    return found;
  }

  async keepChunks(digest: string, size: number, chunks: readonly StoredChunk[], nowMs: number): Promise<Kept> {
    const transaction = this.database.transaction(['holdings', 'chunks', 'lists', 'numbers'], 'readwrite', {
      durability: 'relaxed',
    });
    try {
      const kept = await this.#keep(transaction, digest, size, chunks, nowMs);
      await transaction.done;
      return kept;
    } catch (failure) {
      await transaction.done.catch(() => undefined);
      if (failure instanceof DOMException && failure.name === 'QuotaExceededError') return NONE;
      throw failure;
    }
  }

  async #keep(
    transaction: Writing,
    digest: string,
    size: number,
    chunks: readonly StoredChunk[],
    nowMs: number,
  ): Promise<Kept> {
    const holdings = transaction.objectStore('holdings');
    const before = await holdings.get(digest);
    const have = before?.have.slice() ?? new Uint8Array(chunkCount(size));
    const fresh = chunks.filter((chunk) => have[chunk.index] === 0);
    const added = fresh.reduce((sum, chunk) => sum + chunk.bytes.byteLength, 0);
    const own = before?.bytes ?? 0;
    if (own + added > this.quotaBytes) return NONE;
    const evicted = await this.#makeRoom(transaction, digest, added);
    for (const chunk of fresh) {
      const record = { isPacked: chunk.isPacked, bytes: exactBuffer(chunk.bytes) };
      void transaction.objectStore('chunks').put(record, [digest, chunk.index]);
      have[chunk.index] = 1;
    }
    const holding = { digest, size, have, bytes: own + added, usedMs: nowMs };
    await holdings.put(holding);
    return { stored: true, complete: isComplete(holding), evicted };
  }

  /** Drops the least recently used until `added` bytes fit; `keep` stays whatever its age. */
  async #makeRoom(transaction: Writing, keep: string, added: number): Promise<string[]> {
    const numbers = transaction.objectStore('numbers');
    let bytes = ((await numbers.get(BYTES)) ?? 0) + added;
    const evicted: string[] = [];
    let cursor = bytes > this.quotaBytes ? await transaction.objectStore('holdings').index('used').openCursor() : null;
    for (; cursor !== null && bytes > this.quotaBytes; cursor = await cursor.continue()) {
      const holding = cursor.value;
      if (holding.digest === keep) continue;
      bytes -= holding.bytes;
      if (isComplete(holding)) evicted.push(holding.digest);
      await remove(transaction, holding.digest);
    }
    await numbers.put(bytes, BYTES);
    return evicted;
  }

  async touch(digest: string, nowMs: number): Promise<void> {
    const transaction = this.database.transaction('holdings', 'readwrite', { durability: 'relaxed' });
    const holding = await transaction.store.get(digest);
    if (holding !== undefined) await transaction.store.put({ ...holding, usedMs: nowMs });
    await transaction.done;
  }

  async prune(endedMs: number): Promise<void> {
    const transaction = this.database.transaction(['manifests', 'holdings'], 'readwrite', { durability: 'relaxed' });
    const held = new Set(await transaction.objectStore('holdings').getAllKeys());
    let cursor = await transaction.objectStore('manifests').openCursor();
    for (; cursor !== null; cursor = await cursor.continue()) {
      const { digest, issuedMs, lifetimeMs } = cursor.value;
      if (issuedMs + lifetimeMs < endedMs && !held.has(digest)) await cursor.delete();
    }
    await transaction.done;
  }

  async drop(digest: string): Promise<void> {
    const transaction = this.database.transaction(['holdings', 'chunks', 'lists', 'numbers'], 'readwrite');
    const holding = await transaction.objectStore('holdings').get(digest);
    const numbers = transaction.objectStore('numbers');
    await numbers.put(((await numbers.get(BYTES)) ?? 0) - (holding?.bytes ?? 0), BYTES);
    await remove(transaction, digest);
    await transaction.done;
  }

  async counts(): Promise<ReadonlyMap<string, Counts>> {
    const store = this.database.transaction('counts').store;
    const [pages, counts] = await Promise.all([store.getAllKeys(), store.getAll()]);
    return new Map(pages.map((page, at) => [page, counts[at] ?? noCounts]));
  }

  async addCounts(page: string, addition: Counts): Promise<void> {
    const transaction = this.database.transaction('counts', 'readwrite', { durability: 'relaxed' });
    const before = (await transaction.store.get(page)) ?? noCounts;
    await transaction.store.put(sumOf(before, addition), page);
    await transaction.done;
  }

  number(name: StoredNumber): Promise<number | undefined> {
    return this.database.get('numbers', name);
  }

  async keepNumber(name: StoredNumber, value: number): Promise<void> {
    await this.database.put('numbers', value, name);
  }

  close(): void {
    this.database.close();
  }
}

async function remove(transaction: Writing, digest: string): Promise<void> {
  await Promise.all([
    transaction.objectStore('holdings').delete(digest),
    transaction.objectStore('chunks').delete(IDBKeyRange.bound([digest, 0], [digest, Infinity])),
    transaction.objectStore('lists').delete(digest),
  ]);
}

/** IndexedDB clones a whole buffer, also where only a view of it is meant. */
function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength) return buffer;
  return bytes.slice().buffer;
}
