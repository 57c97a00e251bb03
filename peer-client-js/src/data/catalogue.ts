import type { ChunkStore, StoredManifest } from '../store/store.js';
import { isFresh } from '../store/store.js';
import type { Wanted } from '../signal/types.js';
import type { Timers } from '../time/timers.js';
import type { Ed25519Keys } from '../verify/keys.js';
import { checkManifest } from '../verify/manifest-check.js';
import { chunkCount } from '../verify/digest.js';
import { Limits } from '../wire/limits.js';
import type { Manifest, PeerId, Providers } from '../wire/messages.js';

export interface CatalogueOptions {
  readonly store: ChunkStore;
  readonly timers: Timers;
  readonly site: () => string;
  readonly keys: () => Promise<Ed25519Keys>;
  /** The server's time. */
  readonly clockMs: () => number;
  /** Rejects where the signalling server is out of reach. */
  readonly locate: (
    wanted: Wanted,
    signal: AbortSignal,
  ) => Promise<{ readonly manifests: readonly Uint8Array[]; readonly providers: readonly Providers[] }>;
}

/** A representation that may be answered from, and who is said to hold it. */
export interface Found {
  readonly manifest: StoredManifest;
  readonly providers: readonly PeerId[];
  /** Who holds it, once a question that is still open has been answered. */
  readonly later?: Promise<readonly PeerId[]>;
}

interface Located {
  readonly peers: readonly PeerId[];
  readonly atMs: number;
}

/** How long the directory's word on providers is taken, and its word, or its silence, that a resource is unknown. */
const PROVIDERS_MS = 10_000;
const UNKNOWN_MS = 2_000;
/** Questions of this time travel together. */
const GATHER_MS = 2;
const MOST_KNOWN = 4_096;
/** Of the resources of one question, so that it stays within one message; each takes three bytes more than its name. */
const QUESTION_BYTES = Limits.SIGNALLING_FRAME - 64;
const ITEM_BYTES = 3;
const LOCATE_MS = 5_000;
/** So long a resource that is known waits for the first word on who holds it. */
const FIRST_WORD_MS = 100;

/** What the site's manifests say and who holds what: asked once, remembered while it is true. */
export class Catalogue {
  readonly #options: CatalogueOptions;
  readonly #manifests = new Map<string, StoredManifest>();
  readonly #hashes = new Map<string, Uint8Array>();
  readonly #providers = new Map<string, Located>();
  readonly #unknownUntilMs = new Map<string, number>();
  readonly #questions = new Map<string, Promise<void>>();
  /** The highest seen in a manifest of the site: what was signed before a purge counts no more. */
  #generation = 0;
  #gathered: { resources: Set<string>; bytes: number; done: Promise<void> } | undefined;

  constructor(options: CatalogueOptions) {
    this.#options = options;
  }

  /** What is known of a resource, after asking where nothing is. */
  async find(resource: string, signal: AbortSignal): Promise<Found | undefined> {
    const known = await this.known(resource);
    if (known !== undefined && (await this.#needsNobody(known))) return { manifest: known, providers: [] };
    const isAskedLately = (this.#unknownUntilMs.get(resource) ?? 0) > this.#options.timers.now();
    let asked: Promise<void> | undefined;
    if (!isAskedLately && (known === undefined || !this.#knowsProviders(known.digest))) {
      asked = this.#ask(resource);
      if (known === undefined) await asked;
      else if (this.#peers(known.digest).length === 0) await this.#within(FIRST_WORD_MS, asked);
      signal.throwIfAborted();
    }
    const manifest = await this.known(resource);
    if (manifest === undefined) return undefined;
    const peers = () => this.#peers(manifest.digest);
    return { manifest, providers: peers(), ...(asked && { later: asked.then(peers, peers) }) };
  }

  #peers(digest: string): readonly PeerId[] {
    return this.#providers.get(digest)?.peers ?? [];
  }

  /** Without the signalling server open neighbours can still be asked for what is known: nobody waits for it long. */
  #within(ms: number, asked: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.timers.schedule(resolve, ms);
      void asked.catch(() => undefined).then(() => (cancel(), resolve()));
    });
  }

  /** A fresh manifest of the resource, without asking anybody. */
  async known(resource: string): Promise<StoredManifest | undefined> {
    const now = this.#options.clockMs();
    const remembered = this.#manifests.get(resource);
    if (remembered !== undefined && this.#isValid(remembered, now)) return remembered;
    const stored = await this.#options.store.manifest(resource);
    return stored !== undefined && this.#isValid(stored, now) ? stored : undefined;
  }

  /** Asks about all of these in as few questions as possible. */
  async prepare(resources: readonly string[]): Promise<void> {
    await Promise.all(resources.map((resource) => this.#ask(resource)));
  }

  /** Believes what verifies, and drops the rest. */
  async learn(encoded: readonly Uint8Array[], providers: readonly Providers[]): Promise<void> {
    const now = this.#options.timers.now();
    for (const { digest, peers } of providers) remember(this.#providers, digest, { peers, atMs: now });
    this.#generation = Math.max(this.#generation, (await this.#options.store.number('generation')) ?? 0);
    const keys = await this.#options.keys();
    const site = this.#options.site();
    await Promise.all(
      encoded.map(async (bytes) => {
        const nowMs = this.#options.clockMs();
        const verdict = await checkManifest(bytes, { site, keys, nowMs, generation: this.#generation });
        if (verdict.type === 'verified') await this.#accept(verdict.manifest);
      }),
    );
  }

  /** The hashes of a representation's chunks, where they are known. */
  async hashes(digest: string): Promise<Uint8Array | undefined> {
    return this.#hashes.get(digest) ?? (await this.#options.store.chunkList(digest));
  }

  /** Hashes that were checked against the digest. */
  keepHashes(digest: string, hashes: Uint8Array): void {
    remember(this.#hashes, digest, hashes);
  }

  /** Puts into the store what a reader of the chunks will need. False: a newer generation was seen. */
  async keep(manifest: StoredManifest, hashes: Uint8Array): Promise<boolean> {
    if (!(await this.#options.store.keepManifest(manifest))) return false;
    await this.#options.store.keepChunkList(manifest.digest, hashes);
    return true;
  }

  async #accept(manifest: Manifest): Promise<void> {
    const { resource, digest, status, headers, size, issuedMs, lifetimeMs, generation } = manifest;
    const stored: StoredManifest = { resource, digest, status, headers, size, issuedMs, lifetimeMs, generation };
    await this.#see(generation);
    const remembered = this.#manifests.get(resource) ?? (await this.#options.store.manifest(resource));
    if (remembered !== undefined && isOlder(stored, remembered)) return;
    remember(this.#manifests, resource, stored);
    if (chunkCount(size) <= Limits.INLINE_CHUNKS) this.keepHashes(digest, manifest.hashes);
    if ((await this.#options.store.manifest(resource)) !== undefined) await this.#options.store.keepManifest(stored);
  }

  #isValid(manifest: StoredManifest, nowMs: number): boolean {
    return manifest.generation >= this.#generation && isFresh(manifest, nowMs);
  }

  /** Kept for the next page, and for the service worker, which answers from the store alone. */
  async #see(generation: number): Promise<void> {
    if (generation <= this.#generation) return;
    this.#generation = generation;
    await this.#options.store.keepNumber('generation', generation);
  }

  #knowsProviders(digest: string): boolean {
    const known = this.#providers.get(digest);
    return known !== undefined && this.#options.timers.now() - known.atMs < PROVIDERS_MS;
  }

  async #needsNobody(manifest: StoredManifest): Promise<boolean> {
    const holding = await this.#options.store.holding(manifest.digest);
    return holding !== undefined && !holding.have.includes(0);
  }

  #ask(resource: string): Promise<void> {
    const asked = this.#questions.get(resource);
    if (asked !== undefined) return asked;
    const question = this.#gather(resource).finally(() => this.#questions.delete(resource));
    this.#questions.set(resource, question);
    return question;
  }

  #gather(resource: string): Promise<void> {
    const bytes = resource.length + ITEM_BYTES;
    const { size = 0 } = this.#gathered?.resources ?? {};
    if (size >= Limits.LOCATE_ITEMS || (this.#gathered?.bytes ?? 0) + bytes > QUESTION_BYTES)
      this.#gathered = undefined;
    if (this.#gathered === undefined) {
      const resources = new Set<string>();
      const done = new Promise<void>((resolve, reject) => {
        this.#options.timers.schedule(() => {
          if (this.#gathered?.resources === resources) this.#gathered = undefined;
          void this.#locate([...resources]).then(resolve, reject);
        }, GATHER_MS);
      });
      this.#gathered = { resources, bytes: 0, done };
    }
    this.#gathered.resources.add(resource);
    this.#gathered.bytes += bytes;
    return this.#gathered.done;
  }

  async #locate(resources: readonly string[]): Promise<void> {
    const { locate, timers } = this.#options;
    const answer = await locate({ resources }, AbortSignal.timeout(LOCATE_MS)).catch((failure: unknown) => {
      for (const resource of resources) remember(this.#unknownUntilMs, resource, timers.now() + UNKNOWN_MS);
      throw failure;
    });
    await this.learn(answer.manifests, answer.providers);
    const now = timers.now();
    for (const resource of resources) {
      const manifest = await this.known(resource);
      if (manifest === undefined) remember(this.#unknownUntilMs, resource, now + UNKNOWN_MS);
      else if (!this.#knowsProviders(manifest.digest)) {
        remember(this.#providers, manifest.digest, { peers: [], atMs: now });
      }
    }
  }
}

/** A manifest never takes the place of a newer one: generations first, then the time of issue. */
function isOlder(one: StoredManifest, other: StoredManifest): boolean {
  if (one.generation !== other.generation) return one.generation < other.generation;
  return one.issuedMs < other.issuedMs;
}

/** Puts in at the end; what was put in first goes when it is too many. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MOST_KNOWN) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
