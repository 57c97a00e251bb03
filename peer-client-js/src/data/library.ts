import type { Piece } from '../exchange/types.js';
import { Download, type PeerSources } from '../fetch/download.js';
import { type Eligibility, isEligible, resourceOf } from '../fetch/eligible.js';
import { httpSource } from '../fetch/http.js';
import { HTTP } from '../fetch/plan.js';
import { type ByteRange, chunksOf } from '../fetch/range.js';
import type { ChunkStore, Holding, StoredManifest } from '../store/store.js';
import type { Timers } from '../time/timers.js';
import { chunkLength, isChunk } from '../verify/digest.js';
import { unpackChunk } from '../verify/unpack.js';
import { Limits } from '../wire/limits.js';
import type { Accounts } from './accounts.js';
import type { Catalogue, Found } from './catalogue.js';

export interface LibraryOptions {
  readonly store: ChunkStore;
  readonly catalogue: Catalogue;
  readonly accounts: Accounts;
  readonly peers: PeerSources;
  readonly timers: Timers;
  readonly policy: () => Eligibility & { readonly hedgeMs: number };
  readonly fetch: (url: URL, init: RequestInit) => Promise<Response>;
  readonly clockMs: () => number;
  /** The hashes of a representation with more chunks than a manifest holds, checked. */
  readonly chunkList: (found: Found, signal: AbortSignal) => Promise<Uint8Array>;
  readonly onHeld: (digest: string) => void;
  readonly onLost: (digests: readonly string[]) => void;
}

/** A representation that can be read: every byte that comes out was verified. */
export interface Opened {
  readonly manifest: StoredManifest;
  readonly read: (range: ByteRange, signal: AbortSignal) => AsyncGenerator<Uint8Array>;
}

/** What somebody wants to read, and since when. */
interface Wish {
  readonly url: URL;
  readonly found: Found;
  readonly hashes: Uint8Array;
  readonly askedMs: number;
}

/** 1 MB/s: what HTTP is taken to deliver. Peers that are slower, all together, are helped. */
const FAST_ENOUGH = 1_000 / Limits.CHUNK;

/** Opens resources for reading, from the own store, peers and HTTP; one download per representation at a time. */
export class Library {
  readonly #options: LibraryOptions;
  readonly #downloads = new Map<string, Download>();

  constructor(options: LibraryOptions) {
    this.#options = options;
  }

  /** Undefined where the resource may not or cannot come from peers. */
  async open(url: URL, askedMs: number, signal: AbortSignal): Promise<Opened | undefined> {
    if (!isEligible(url, this.#options.policy())) return undefined;
    const found = await this.#options.catalogue.find(resourceOf(url), signal);
    if (found === undefined || found.manifest.size === 0) return undefined;
    const { manifest } = found;
    const { catalogue } = this.#options;
    const hashes = (await catalogue.hashes(manifest.digest)) ?? (await this.#options.chunkList(found, signal));
    if (!(await catalogue.keep(manifest, hashes))) return undefined;
    return { manifest, read: (range, abort) => this.#read({ url, found, hashes, askedMs }, range, abort) };
  }

  async *#read(wish: Wish, range: ByteRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { store, accounts, clockMs } = this.#options;
    const { digest, size } = wish.found.manifest;
    const holding = await store.holding(digest);
    const ownBytes = heldBytes(holding, range, size);
    const before = accounts.here;
    const download = this.#download(wish, holding);
    void wish.found.later?.then((providers) => download.addProviders(providers));
    void store.touch(digest, clockMs()).catch(() => undefined);
    yield* download.read(range, signal, wish.askedMs);
    accounts.addBytes('ownStore', ownBytes);
    if (ownBytes === range.last + 1 - range.first) accounts.addRequest('ownStore');
    else accounts.addRequest(accounts.here.origin > before.origin ? 'origin' : 'peers');
  }

  #download({ url, found, hashes }: Wish, holding: Holding | undefined): Download {
    const { digest, size } = found.manifest;
    const running = this.#downloads.get(digest);
    if (running?.isOver === false) {
      running.addProviders(found.providers);
      return running;
    }
    const { store, accounts, peers, timers, policy, fetch, clockMs, onHeld, onLost } = this.#options;
    const download = new Download(
      {
        digest,
        size,
        peers,
        http: httpSource({ manifest: found.manifest, url, fetch }),
        store,
        timers,
        hedgeMs: policy().hedgeMs,
        fastEnough: FAST_ENOUGH,
        check: (index, piece) => checkedChunk(hashes, size, index, piece),
        onBytes: (source, bytes) => accounts.addBytes(source === HTTP ? 'origin' : 'peers', bytes),
        onKept: (isComplete, evicted) => {
          if (isComplete) onHeld(digest);
          if (evicted.length > 0) onLost(evicted);
        },
        clockMs,
      },
      holding?.have,
      found.providers,
    );
    for (const [known, other] of this.#downloads) if (other.isOver) this.#downloads.delete(known);
    this.#downloads.set(digest, download);
    return download;
  }
}

/** The chunk's bytes, where the piece is what the hashes say. */
export async function checkedChunk(
  hashes: Uint8Array,
  size: number,
  index: number,
  piece: Piece,
): Promise<Uint8Array | undefined> {
  const bytes = piece.isPacked ? unpackChunk(piece.bytes, chunkLength(size, index)) : piece.bytes;
  return bytes !== undefined && (await isChunk(hashes, size, index, bytes)) ? bytes : undefined;
}

function heldBytes(holding: Holding | undefined, range: ByteRange, size: number): number {
  if (holding === undefined) return 0;
  const { first, count } = chunksOf(range);
  let bytes = 0;
  for (let index = first; index < first + count; index++) {
    if (holding.have[index] !== 1) continue;
    const start = Math.max(range.first, index * Limits.CHUNK);
    bytes += Math.min(range.last + 1, index * Limits.CHUNK + chunkLength(size, index)) - start;
  }
  return bytes;
}
