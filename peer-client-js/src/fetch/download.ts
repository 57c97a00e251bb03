import type { Piece } from '../exchange/types.js';
import { chunkCount } from '../verify/digest.js';
import type { PeerId } from '../wire/messages.js';
import { Keeper, type KeeperOptions } from './keeper.js';
import { SourceError, type Source as HttpSource } from './piece.js';
import { FetchPlan, HTTP, type Source, type Task } from './plan.js';
import { chunksOf, cut, type ByteRange, type Run } from './range.js';

/** The peers, as a download needs them. */
export interface PeerSources {
  /** Resolves when the channel to the peer is open; rejects where it cannot be opened in time. */
  dial(peer: PeerId, signal: AbortSignal): Promise<void>;
  isOpen(peer: PeerId): boolean;
  /** Open neighbours, the fastest first. */
  openPeers(): readonly PeerId[];
  /** Fails with a SourceError of code `lacks` where the peer does not hold it. */
  ask(peer: PeerId, digest: string, run: Run, size: number, signal: AbortSignal): AsyncIterable<Piece>;
  /** It sent a chunk that is not what the manifest says: never ask it again. */
  ban(peer: PeerId): void;
}

export interface DownloadOptions extends KeeperOptions {
  readonly peers: PeerSources;
  readonly http: HttpSource;
  readonly hedgeMs: number;
  readonly fastEnough: number;
  /** The chunk's bytes where the piece is what the manifest says, undefined where it is not. */
  readonly check: (index: number, piece: Piece) => Promise<Uint8Array | undefined>;
  readonly onBytes: (source: Source, bytes: number) => void;
}

/** How far ahead of a reader chunks are fetched: 4 MiB. */
const WINDOW = 64;
const READ_BATCH = 16;
interface Waiter {
  readonly index: number;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (failure: unknown) => void;
}

interface Reader {
  position: number;
}

/**
 * Fetches one representation for any number of readers, from peers and HTTP as the plan says. Every chunk is verified
 * before it is stored or read. Lives in the data worker; ends by itself with its last reader.
 */
export class Download {
  readonly #options: DownloadOptions;
  readonly #plan: FetchPlan;
  readonly #chunks: number;
  readonly #readers = new Set<Reader>();
  readonly #waiters = new Set<Waiter>();
  /** Verified chunks that are not in the store yet, or that a reader is about to take. */
  readonly #recent = new Map<number, Uint8Array>();
  readonly #tasks = new Map<number, AbortController>();
  readonly #dials = new Set<AbortController>();
  readonly #keeper: Keeper;
  #cancelWake: () => void = () => undefined;
  #failure: SourceError | undefined;
  #isStopped = false;

  constructor(options: DownloadOptions, held: Uint8Array | undefined, providers: readonly PeerId[]) {
    this.#options = options;
    this.#keeper = new Keeper(options, () => this.#forgetRead());
    this.#chunks = chunkCount(options.size);
    const { timers, hedgeMs, fastEnough } = options;
    this.#plan = new FetchPlan({ chunks: this.#chunks, nowMs: timers.now(), hedgeMs, fastEnough });
    held?.forEach((isHeld, index) => {
      if (isHeld === 1) this.#plan.holds(index);
    });
    this.#addPeers(providers);
  }

  addProviders(providers: readonly PeerId[]): void {
    this.#addPeers(providers);
    this.#turn();
  }

  #addPeers(providers: readonly PeerId[]): void {
    const { peers } = this.#options;
    for (const peer of providers) this.#plan.addPeer(peer, peers.isOpen(peer));
    for (const peer of peers.openPeers()) this.#plan.addPeer(peer, true, true);
  }

  /** Its last reader left, or it failed: a new reader needs a new download. */
  get isOver(): boolean {
    return this.#isStopped;
  }

  /**
   * The bytes of the range, in order, at the reader's pace; the hedge delay counts from `askedMs`. Fails with a SourceError
   * where nobody can deliver.
   */
  async *read(range: ByteRange, signal: AbortSignal, askedMs: number): AsyncGenerator<Uint8Array> {
    const run = chunksOf(range);
    const reader: Reader = { position: run.first };
    this.#readers.add(reader);
    try {
      const end = run.first + run.count;
      while (reader.position < end) {
        const count = Math.min(WINDOW, end - reader.position);
        const sinceMs = reader.position === run.first ? askedMs : this.#options.timers.now();
        this.#plan.want({ first: reader.position, count }, sinceMs);
        this.#turn();
        const batch = await this.#take(reader.position, Math.min(READ_BATCH, count), signal);
        for (const bytes of batch) {
          yield cut(reader.position, bytes, range);
          reader.position += 1;
        }
        this.#forgetRead();
      }
    } finally {
      this.#readers.delete(reader);
      if (this.#readers.size === 0) this.#stop();
    }
  }

  /** At least one chunk, from memory, from the store, or when it arrives. */
  async #take(index: number, most: number, signal: AbortSignal): Promise<readonly Uint8Array[]> {
    signal.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure;
    const recent = this.#recent.get(index);
    if (recent !== undefined) return [recent];
    if (this.#plan.isHeld(index)) {
      const stored = await this.#stored(index, most);
      if (stored.length > 0) return stored;
      this.#plan.lost(index);
      this.#turn();
    }
    return [await this.#arrival(index, signal)];
  }

  async #stored(index: number, most: number): Promise<readonly Uint8Array[]> {
    const chunks = await this.#options.store.chunks(this.#options.digest, index, most);
    const checked = await Promise.all(chunks.map((chunk) => this.#options.check(chunk.index, chunk)));
    const bad = checked.indexOf(undefined);
    return checked.slice(0, bad < 0 ? undefined : bad).flatMap((bytes) => bytes ?? []);
  }

  #arrival(index: number, signal: AbortSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiters.delete(waiter);
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        index,
        resolve: (bytes) => {
          signal.removeEventListener('abort', onAbort);
          resolve(bytes);
        },
        reject,
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(waiter);
    });
  }

  /** Carries out what the plan orders, and wakes up when it wants to be asked again. */
  #turn(): void {
    if (this.#isStopped) return;
    const now = this.#options.timers.now();
    for (const order of this.#plan.next(now)) {
      switch (order.kind) {
        case 'dial':
          void this.#dial(order.peer);
          break;
        case 'ask':
          void this.#run(order.task);
          break;
        case 'drop':
          this.#tasks.get(order.task)?.abort();
          break;
        default:
          order satisfies never;
      }
    }
    if (this.#plan.isFailed) this.#fail(new SourceError('failed', 'nobody can deliver it'));
    this.#cancelWake();
    const wakeMs = this.#plan.wakeMs(now);
    if (wakeMs !== Infinity && this.#failure === undefined) {
      this.#cancelWake = this.#options.timers.schedule(() => this.#turn(), wakeMs - now);
    }
  }

  async #dial(peer: PeerId): Promise<void> {
    const controller = new AbortController();
    this.#dials.add(controller);
    try {
      await this.#options.peers.dial(peer, controller.signal);
      this.#plan.opened(peer);
    } catch {
      this.#plan.forget(peer);
    } finally {
      this.#dials.delete(controller);
    }
    this.#turn();
  }

  async #run(task: Task): Promise<void> {
    const controller = new AbortController();
    this.#tasks.set(task.id, controller);
    try {
      await this.#deliver(task, controller.signal);
    } catch (failure) {
      if (!controller.signal.aborted) this.#onTaskFailure(task.source, failure);
    } finally {
      this.#tasks.delete(task.id);
    }
    this.#turn();
  }

  async #deliver(task: Task, signal: AbortSignal): Promise<void> {
    const { digest, size, peers, http, check, onBytes, timers } = this.#options;
    const pieces = task.source === HTTP ? http(task, signal) : peers.ask(task.source, digest, task, size, signal);
    let index = task.first;
    const end = task.first + task.count;
    for await (const piece of pieces) {
      if (index === end) throw new SourceError('lied', 'more than was asked for');
      const bytes = await check(index, piece);
      if (signal.aborted) return;
      onBytes(task.source, piece.bytes.byteLength);
      if (bytes === undefined) throw new SourceError('lied', `chunk ${index} is not what the manifest says`);
      const isNews = !this.#plan.isHeld(index);
      this.#plan.arrived(task.id, index, timers.now());
      if (isNews) this.#onChunk(index, bytes, piece);
      index += 1;
      if (index < end) this.#turn();
    }
    if (index < end) throw new SourceError('lacks', 'less than was asked for');
  }

  #onTaskFailure(source: Source, failure: unknown): void {
    const code = failure instanceof SourceError ? failure.code : 'failed';
    if (code === 'lied' && source !== HTTP) this.#options.peers.ban(source);
    this.#plan.forget(source);
    if (source === HTTP && (code === 'changed' || code === 'lied')) {
      this.#fail(new SourceError('changed', 'the resource is another one by now'));
    }
  }

  #onChunk(index: number, bytes: Uint8Array, piece: Piece): void {
    this.#recent.set(index, bytes);
    for (const waiter of this.#waiters) {
      if (waiter.index !== index) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(bytes);
    }
    this.#keeper.add({ index, isPacked: piece.isPacked, bytes: piece.isPacked ? piece.bytes : bytes });
  }

  /** Lets go of chunks that every reader has passed, or that are stored and that no reader is about to take. */
  #forgetRead(): void {
    if (!this.#keeper.isIdle) return;
    const positions = [...this.#readers].map((reader) => reader.position);
    const passed = Math.min(...positions);
    for (const index of this.#recent.keys()) {
      const isNear = positions.some((position) => position <= index && index < position + READ_BATCH);
      if (index < passed || (this.#keeper.has(index) && !isNear)) this.#recent.delete(index);
    }
  }

  #fail(failure: SourceError): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#stop();
    for (const waiter of this.#waiters) waiter.reject(failure);
    this.#waiters.clear();
  }

  #stop(): void {
    this.#isStopped = true;
    void this.#keeper.keep();
    this.#cancelWake();
    this.#plan.unwant();
    for (const controller of [...this.#tasks.values(), ...this.#dials]) controller.abort();
  }
}
