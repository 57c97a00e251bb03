import type { PeerId } from '../wire/messages.js';
import type { Run } from './range.js';

export const HTTP = 'http';
/** A peer, or `HTTP`, which no peer id can be: those have a hyphen. */
export type Source = PeerId | typeof HTTP;

export interface Task extends Run {
  readonly id: number;
  readonly source: Source;
}

export type Order =
  | { readonly kind: 'dial'; readonly peer: PeerId }
  | { readonly kind: 'ask'; readonly task: Task }
  | { readonly kind: 'drop'; readonly task: number };

export interface PlanOptions {
  readonly chunks: number;
  readonly nowMs: number;
  /** How long peers may take before HTTP joins, and how long a source may pause before others take over. */
  readonly hedgeMs: number;
  /** Peers that deliver less than this, together, are helped by HTTP. Chunks per millisecond. */
  readonly fastEnough: number;
  readonly limits?: Partial<PlanLimits>;
}

export interface PlanLimits {
  /** Chunks asked for at once. */
  readonly run: number;
  /** Asks to one peer that are open at once: the next is on its way while one is answered. */
  readonly tasksPerPeer: number;
  readonly dials: number;
  /** Open neighbours of which nobody said that they hold it, and which are asked all the same. */
  readonly guesses: number;
}

const LIMITS: PlanLimits = { run: 16, tasksPerPeer: 2, dials: 3, guesses: 3 };

interface Peer {
  state: 'located' | 'dialling' | 'open' | 'useless';
  readonly isGuess: boolean;
}

interface OpenTask extends Task {
  /** Chunks up to here came (in order: a task's chunks never overtake each other). */
  received: number;
}

/**
 * Decides who is asked for which chunks of one representation: open neighbours first, then providers that have to be
 * dialled, HTTP after the hedge delay for whatever nobody is delivering. Pure: time comes in with every call, orders
 * go out, and nothing happens by itself; call `next` after every event and at `wakeMs`.
 */
export class FetchPlan {
  readonly #options: PlanOptions;
  readonly #limits: PlanLimits;
  readonly #held: Uint8Array;
  readonly #wanted: Uint8Array;
  readonly #peers = new Map<PeerId, Peer>();
  readonly #tasks = new Map<number, OpenTask>();
  /** When a source last delivered, or was asked while it owed nothing. */
  readonly #movedMs = new Map<Source, number>();
  readonly #delivered = new Set<Source>();
  #http: 'idle' | 'joined' | 'failed' = 'idle';
  #lastTask = 0;
  #askedSinceMs: number;
  #fromPeers = 0;
  #firstPeerChunkMs = Infinity;

  constructor(options: PlanOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#held = new Uint8Array(options.chunks);
    this.#wanted = new Uint8Array(options.chunks);
    this.#askedSinceMs = options.nowMs;
  }

  /** These chunks are needed; what is already held is not asked for again. */
  want(run: Run, nowMs: number): void {
    if (this.isIdle) this.#askedSinceMs = nowMs;
    this.#wanted.fill(1, run.first, run.first + run.count);
  }

  /** Nobody waits for these any more. */
  unwant(): void {
    this.#wanted.fill(0);
  }

  holds(index: number): void {
    this.#held[index] = 1;
  }

  /** It was held, and the store had to let it go. */
  lost(index: number): void {
    this.#held[index] = 0;
  }

  isHeld(index: number): boolean {
    return this.#held[index] === 1;
  }

  /** Nothing that is wanted is missing. */
  get isIdle(): boolean {
    return this.#missing().length === 0;
  }

  /** Nobody is left who could deliver what is missing. */
  get isFailed(): boolean {
    return this.#http === 'failed' && !this.#hasHope && !this.isIdle;
  }

  /** The directory says that this peer holds it; or, a guess, it is an open neighbour that may. */
  addPeer(peer: PeerId, isOpen: boolean, isGuess = false): void {
    const known = this.#peers.get(peer);
    if (known !== undefined && !(known.isGuess && !isGuess)) return;
    this.#peers.set(peer, { state: isOpen ? 'open' : 'located', isGuess });
  }

  opened(peer: PeerId): void {
    const known = this.#peers.get(peer);
    if (known !== undefined && known.state !== 'useless') known.state = 'open';
  }

  /** It is gone, does not hold it, or lied: this plan asks it no more. */
  forget(source: Source): void {
    for (const task of this.#tasks.values()) if (task.source === source) this.#tasks.delete(task.id);
    if (source === HTTP) this.#http = 'failed';
    else this.#peers.set(source, { state: 'useless', isGuess: true });
  }

  /** The next chunk of a task came and is what the manifest says. */
  arrived(id: number, index: number, nowMs: number): void {
    this.#held[index] = 1;
    const task = this.#tasks.get(id);
    if (task === undefined) return;
    task.received = index - task.first + 1;
    this.#movedMs.set(task.source, nowMs);
    this.#delivered.add(task.source);
    if (task.source !== HTTP) {
      this.#fromPeers += 1;
      this.#firstPeerChunkMs = Math.min(this.#firstPeerChunkMs, nowMs);
    }
    if (task.received === task.count) this.#tasks.delete(id);
  }

  /** What to do now. */
  next(nowMs: number): readonly Order[] {
    const orders: Order[] = this.#dropNeedless();
    const missing = this.#missing();
    if (missing.length === 0) return orders;
    if (this.#httpIsDue(nowMs)) this.#http = 'joined';
    this.#askPeers(nowMs, orders);
    this.#dial(orders);
    if (this.#http === 'joined') this.#askHttp(nowMs, orders);
    else if (this.#http === 'idle' && !this.#hasHope) {
      this.#http = 'joined';
      this.#askHttp(nowMs, orders);
    }
    return orders;
  }

  /** When `next` has to be called again though nothing happened; Infinity where there is nothing to wait for. */
  wakeMs(nowMs: number): number {
    if (this.isIdle) return Infinity;
    const { hedgeMs } = this.#options;
    const due = [...this.#tasks.values()].map(({ source }) => (this.#movedMs.get(source) ?? nowMs) + hedgeMs);
    if (this.#http === 'idle') due.push(this.#askedSinceMs + hedgeMs);
    const later = due.filter((ms) => ms > nowMs);
    return later.length === 0 ? nowMs + hedgeMs : Math.min(...later);
  }

  get #hasHope(): boolean {
    return [...this.#peers.values()].some((peer) => peer.state !== 'useless');
  }

  #dropNeedless(): Order[] {
    const orders: Order[] = [];
    for (const task of this.#tasks.values()) {
      let isNeeded = false;
      for (let index = task.first + task.received; index < task.first + task.count; index++) {
        if (this.#held[index] === 0 && this.#wanted[index] === 1) isNeeded = true;
      }
      if (isNeeded) continue;
      this.#tasks.delete(task.id);
      orders.push({ kind: 'drop', task: task.id });
    }
    return orders;
  }

  #missing(): number[] {
    const missing: number[] = [];
    for (let index = 0; index < this.#options.chunks; index++) {
      if (this.#wanted[index] === 1 && this.#held[index] === 0) missing.push(index);
    }
    return missing;
  }

  /** Missing chunks that no task covers which still moves, nor one of the asker. */
  #uncovered(nowMs: number, asker?: Source): number[] {
    const covered = new Uint8Array(this.#options.chunks);
    for (const task of this.#tasks.values()) {
      if (task.source !== asker && this.#isStalled(task.source, nowMs)) continue;
      covered.fill(1, task.first + task.received, task.first + task.count);
    }
    return this.#missing().filter((index) => covered[index] === 0);
  }

  /** It owes chunks, and none came for a hedge delay. */
  #isStalled(source: Source, nowMs: number): boolean {
    const owes = [...this.#tasks.values()].some((task) => task.source === source);
    return owes && nowMs - (this.#movedMs.get(source) ?? nowMs) >= this.#options.hedgeMs;
  }

  #httpIsDue(nowMs: number): boolean {
    if (this.#http !== 'idle' || nowMs - this.#askedSinceMs < this.#options.hedgeMs) return false;
    const elapsedMs = nowMs - this.#firstPeerChunkMs;
    const isFast = elapsedMs < this.#options.hedgeMs || this.#fromPeers / elapsedMs >= this.#options.fastEnough;
    return !this.#peersMove(nowMs) || !isFast;
  }

  #peersMove(nowMs: number): boolean {
    return [...this.#tasks.values()].some(
      ({ source }) => source !== HTTP && this.#delivered.has(source) && !this.#isStalled(source, nowMs),
    );
  }

  #openPeers(): PeerId[] {
    const open = [...this.#peers].filter(([, peer]) => peer.state === 'open');
    const located = open.filter(([, peer]) => !peer.isGuess);
    const chosen = located.length > 0 ? located : open.slice(0, this.#limits.guesses);
    return chosen.map(([peer]) => peer);
  }

  #askPeers(nowMs: number, orders: Order[]): void {
    const peers = this.#openPeers().filter((peer) => !this.#isStalled(peer, nowMs));
    const fairShare = Math.ceil(this.#uncovered(nowMs).length / peers.length);
    for (let round = 0; round < this.#limits.tasksPerPeer; round++) {
      for (const peer of peers) {
        const open = [...this.#tasks.values()].filter((task) => task.source === peer);
        if (open.length > round) continue;
        const uncovered = this.#uncovered(nowMs, peer);
        this.#ask(peer, uncovered, Math.min(fairShare, this.#limits.run), nowMs, orders);
      }
    }
  }

  #dial(orders: Order[]): void {
    const open = [...this.#peers.values()].filter((peer) => peer.state === 'open' && !peer.isGuess).length;
    const dialling = [...this.#peers.values()].filter((peer) => peer.state === 'dialling').length;
    let free = Math.min(this.#limits.dials, this.#options.chunks) - open - dialling;
    for (const [id, peer] of this.#peers) {
      if (free <= 0) break;
      if (peer.state !== 'located') continue;
      peer.state = 'dialling';
      free -= 1;
      orders.push({ kind: 'dial', peer: id });
    }
  }

  /** One request at a time; for everything where no peer moves, otherwise for a share like any other source. */
  #askHttp(nowMs: number, orders: Order[]): void {
    if ([...this.#tasks.values()].some((task) => task.source === HTTP)) return;
    const most = this.#peersMove(nowMs) ? this.#limits.run : this.#options.chunks;
    this.#ask(HTTP, this.#uncovered(nowMs, HTTP), most, nowMs, orders);
  }

  #ask(source: Source, uncovered: readonly number[], most: number, nowMs: number, orders: Order[]): void {
    const [first] = uncovered;
    if (first === undefined || most < 1) return;
    let count = 1;
    while (count < most && uncovered[count] === first + count) count += 1;
    if (![...this.#tasks.values()].some((open) => open.source === source)) this.#movedMs.set(source, nowMs);
    const task: OpenTask = { id: ++this.#lastTask, source, first, count, received: 0 };
    this.#tasks.set(task.id, task);
    orders.push({ kind: 'ask', task: { id: task.id, source, first, count } });
  }
}
