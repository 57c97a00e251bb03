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

/** A store for tests, and for browsers that refuse IndexedDB: it lasts as long as the page. */
export class MemoryStore implements ChunkStore {
  readonly #quotaBytes: number;
  readonly #manifests = new Map<string, StoredManifest>();
  readonly #lists = new Map<string, Uint8Array>();
  readonly #holdings = new Map<string, Holding>();
  readonly #chunks = new Map<string, Map<number, StoredChunk>>();
  readonly #counts = new Map<string, Counts>();
  readonly #numbers = new Map<string, number>();
  #bytes = 0;

  constructor(quotaBytes: number) {
    this.#quotaBytes = quotaBytes;
  }

  async manifest(resource: string): Promise<StoredManifest | undefined> {
    return this.#manifests.get(resource);
  }

  async keepManifest(manifest: StoredManifest): Promise<boolean> {
    const known = this.#manifests.get(manifest.resource);
    if (known !== undefined && known.generation > manifest.generation) return false;
    this.#manifests.set(manifest.resource, manifest);
    return true;
  }

  async chunkList(digest: string): Promise<Uint8Array | undefined> {
    return this.#lists.get(digest);
  }

  async keepChunkList(digest: string, hashes: Uint8Array): Promise<void> {
    this.#lists.set(digest, hashes);
  }

  async holding(digest: string): Promise<Holding | undefined> {
    return this.#holdings.get(digest);
  }

  async holdings(): Promise<readonly Holding[]> {
    return [...this.#holdings.values()];
  }

  async chunks(digest: string, first: number, count: number): Promise<readonly StoredChunk[]> {
    const held = this.#chunks.get(digest);
    const found: StoredChunk[] = [];
    for (let index = first; index < first + count; index++) {
      const chunk = held?.get(index);
      if (chunk === undefined) break;
      found.push({ ...chunk, bytes: chunk.bytes.slice() });
    }
    return found;
  }

  async keepChunks(digest: string, size: number, chunks: readonly StoredChunk[], nowMs: number): Promise<Kept> {
    const held = this.#chunks.get(digest) ?? new Map<number, StoredChunk>();
    const fresh = chunks.filter((chunk) => !held.has(chunk.index));
    const added = fresh.reduce((sum, chunk) => sum + chunk.bytes.byteLength, 0);
    const before = this.#holdings.get(digest);
    const own = before?.bytes ?? 0;
    if (own + added > this.#quotaBytes) return { stored: false, complete: false, evicted: [] };
    const evicted = this.#makeRoom(digest, added);
    const have = before?.have.slice() ?? new Uint8Array(chunkCount(size));
    for (const chunk of fresh) {
      held.set(chunk.index, { ...chunk, bytes: chunk.bytes.slice() });
      have[chunk.index] = 1;
    }
    this.#bytes += added;
    this.#chunks.set(digest, held);
    const holding = { digest, size, have, bytes: own + added, usedMs: nowMs };
    this.#holdings.set(digest, holding);
    return { stored: true, complete: isComplete(holding), evicted };
  }

  async touch(digest: string, nowMs: number): Promise<void> {
    const holding = this.#holdings.get(digest);
    if (holding !== undefined) this.#holdings.set(digest, { ...holding, usedMs: nowMs });
  }

  async prune(endedMs: number): Promise<void> {
    for (const [resource, { digest, issuedMs, lifetimeMs }] of this.#manifests) {
      if (issuedMs + lifetimeMs < endedMs && !this.#holdings.has(digest)) this.#manifests.delete(resource);
    }
  }

  async drop(digest: string): Promise<void> {
    this.#bytes -= this.#holdings.get(digest)?.bytes ?? 0;
    this.#holdings.delete(digest);
    this.#chunks.delete(digest);
    this.#lists.delete(digest);
  }

  async counts(): Promise<ReadonlyMap<string, Counts>> {
    return new Map(this.#counts);
  }

  async addCounts(page: string, addition: Counts): Promise<void> {
    this.#counts.set(page, sumOf(this.#counts.get(page) ?? noCounts, addition));
  }

  async number(name: StoredNumber): Promise<number | undefined> {
    return this.#numbers.get(name);
  }

  async keepNumber(name: StoredNumber, value: number): Promise<void> {
    this.#numbers.set(name, value);
  }

  close(): void {}

  #makeRoom(keep: string, bytes: number): string[] {
    const evicted: string[] = [];
    const oldestFirst = [...this.#holdings.values()].sort((a, b) => a.usedMs - b.usedMs);
    for (const holding of oldestFirst) {
      if (this.#bytes + bytes <= this.#quotaBytes) break;
      if (holding.digest === keep) continue;
      if (isComplete(holding)) evicted.push(holding.digest);
      void this.drop(holding.digest);
    }
    return evicted;
  }
}
