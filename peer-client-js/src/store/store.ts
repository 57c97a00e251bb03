import { Limits } from '../wire/limits.js';
import type { HeaderField } from '../wire/messages.js';

/** What a reader needs of a manifest; only manifests that were verified are ever stored. */
export interface StoredManifest {
  readonly resource: string;
  readonly digest: string;
  readonly status: number;
  readonly headers: readonly HeaderField[];
  readonly size: number;
  readonly issuedMs: number;
  readonly lifetimeMs: number;
  readonly generation: number;
}

/** The bytes of one chunk, or the zstd frame that decodes to them. Verified before it gets here. */
export interface StoredChunk {
  readonly index: number;
  readonly isPacked: boolean;
  readonly bytes: Uint8Array;
}

/**
 * Chunks that follow on one another, as IndexedDB holds them: Chromium makes a Blob of each value above 64 KiB, which
 * costs as much CPU for one chunk as for many.
 */
export interface StoredRun {
  readonly lengths: readonly number[];
  readonly packed: readonly boolean[];
  readonly bytes: ArrayBuffer;
}

/** Which chunks of a representation are held. `have` has one byte per chunk: 1 held, 0 not. */
export interface Holding {
  readonly digest: string;
  readonly size: number;
  readonly have: Uint8Array;
  readonly bytes: number;
  readonly usedMs: number;
}

/** Bytes and requests by who answered them; `served` is what others got from this visitor. */
export interface Counts {
  readonly ownStore: number;
  readonly peers: number;
  readonly origin: number;
  readonly httpCache: number;
  readonly served: number;
  readonly requestsOwnStore: number;
  readonly requestsPeers: number;
  readonly requestsOrigin: number;
  readonly requestsHttpCache: number;
}

export const noCounts: Counts = {
  ownStore: 0,
  peers: 0,
  origin: 0,
  httpCache: 0,
  served: 0,
  requestsOwnStore: 0,
  requestsPeers: 0,
  requestsOrigin: 0,
  requestsHttpCache: 0,
};

/** What became of chunks that were given to the store. */
export interface Kept {
  /** False where the store is too small for them: the bytes are good, only nobody kept them. */
  readonly stored: boolean;
  readonly complete: boolean;
  /** Digests that were held completely before, and had to go. */
  readonly evicted: readonly string[];
}

/** The server's clock less Date.now(), in ms; the highest generation seen in a manifest of the site. */
export type StoredNumber = 'clock' | 'generation';

/**
 * What a visitor holds of a site: manifests by resource, chunks by digest and index. Bounded in bytes; the least
 * recently used representation goes first. Nothing unverified is ever given to it, so readers trust what they find.
 * Several tabs and the service worker use one store at the same time.
 */
export interface ChunkStore {
  manifest(resource: string): Promise<StoredManifest | undefined>;
  /** False where a newer generation of this resource was seen: the manifest is refused. */
  keepManifest(manifest: StoredManifest): Promise<boolean>;

  /** The SHA-256 of every chunk, one after the other, where they are known. */
  chunkList(digest: string): Promise<Uint8Array | undefined>;
  keepChunkList(digest: string, hashes: Uint8Array): Promise<void>;

  holding(digest: string): Promise<Holding | undefined>;
  holdings(): Promise<readonly Holding[]>;
  /** The chunks from `first`, at most `count`, up to the first that is missing. */
  chunks(digest: string, first: number, count: number): Promise<readonly StoredChunk[]>;
  keepChunks(digest: string, size: number, chunks: readonly StoredChunk[], nowMs: number): Promise<Kept>;
  touch(digest: string, nowMs: number): Promise<void>;
  /** Forgets manifests that ended before `endedMs` and of whose representation nothing is held. */
  prune(endedMs: number): Promise<void>;
  drop(digest: string): Promise<void>;

  /** The visitor's counts by page, over all visits. */
  counts(): Promise<ReadonlyMap<string, Counts>>;
  addCounts(page: string, addition: Counts): Promise<void>;

  number(name: StoredNumber): Promise<number | undefined>;
  keepNumber(name: StoredNumber, value: number): Promise<void>;

  close(): void;
}

export function isComplete(holding: Holding): boolean {
  return !holding.have.includes(0);
}

export function sumOf(one: Counts, other: Counts): Counts {
  const names = Object.keys(noCounts) as (keyof Counts)[];
  return Object.fromEntries(names.map((name) => [name, one[name] + other[name]])) as unknown as Counts;
}

/** A manifest may be answered from while it lives; `nowMs` is the server's time. Tolerance: 30 s (PROTOCOL, 2). */
export function isFresh(manifest: StoredManifest, nowMs: number): boolean {
  return (
    nowMs >= manifest.issuedMs - Limits.CLOCK_TOLERANCE_MS &&
    nowMs < manifest.issuedMs + manifest.lifetimeMs + Limits.CLOCK_TOLERANCE_MS
  );
}
