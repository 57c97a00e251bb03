import { SourceError } from '../fetch/piece.js';
import { chunkCount, isChunkList } from '../verify/digest.js';
import type { PeerId } from '../wire/messages.js';
import type { Catalogue, Found } from './catalogue.js';

export interface ChunkListOptions {
  readonly catalogue: Catalogue;
  readonly peers: {
    isOpen(peer: PeerId): boolean;
    chunkList(peer: PeerId, digest: string, most: number, signal: AbortSignal): Promise<Uint8Array>;
    ban(peer: PeerId): void;
  };
  readonly fetch: (url: URL, init: RequestInit) => Promise<Response>;
  readonly base: URL;
  readonly hedgeMs: () => number;
}

/** Gets lists of hashes that no manifest holds: from one open provider within the hedge delay, otherwise over HTTP. */
export function chunkLists(options: ChunkListOptions): (found: Found, signal: AbortSignal) => Promise<Uint8Array> {
  return async ({ manifest, providers }, signal) => {
    const { digest, size } = manifest;
    const provider = providers.find((peer) => options.peers.isOpen(peer));
    const hashes =
      (provider === undefined ? undefined : await fromPeer(options, provider, digest, size, signal)) ??
      (await fromHttp(options, digest, size, signal));
    options.catalogue.keepHashes(digest, hashes);
    return hashes;
  };
}

async function fromPeer(
  { peers, hedgeMs }: ChunkListOptions,
  peer: PeerId,
  digest: string,
  size: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(hedgeMs())]);
  try {
    const hashes = await peers.chunkList(peer, digest, chunkCount(size) * 32, deadline);
    if (await isChunkList(digest, size, hashes)) return hashes;
    peers.ban(peer);
  } catch {
    signal.throwIfAborted();
  }
  return undefined;
}

async function fromHttp(
  { fetch, base }: ChunkListOptions,
  digest: string,
  size: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const response = await fetch(new URL(`/.gyre/chunks/${digest}`, base), { signal });
  const length = Number(response.headers.get('content-length') ?? 0);
  if (!response.ok || length > chunkCount(size) * 32) throw new SourceError('failed', 'no chunk list over HTTP');
  const hashes = new Uint8Array(await response.arrayBuffer());
  if (!(await isChunkList(digest, size, hashes))) throw new SourceError('changed', 'a chunk list of another digest');
  return hashes;
}
