import { openExchanges } from '../exchange/exchanges.js';
import type { Answerer, Channel, Exchanges, Piece } from '../exchange/types.js';
import type { PeerSources } from '../fetch/download.js';
import { SourceError } from '../fetch/piece.js';
import { bytesOf, type Run } from '../fetch/range.js';
import type { Step } from '../port/messages.js';
import { deferred } from '../time/deferred.js';
import type { Timers } from '../time/timers.js';
import type { PeerId, PeerReport, PeerSignal } from '../wire/messages.js';
import { observeOpen } from './channels.js';
import { Sightings } from './sightings.js';

export interface NeighboursOptions {
  readonly timers: Timers;
  readonly answer: Answerer;
  /** Makes the page open, or close, its end of a connection. */
  readonly page: {
    dial(connection: string): void;
    accept(connection: string, sdp: string): void;
    step(connection: string, step: Step): void;
    hangUp(connection: string): void;
  };
  readonly ownId: () => PeerId | undefined;
  readonly relay: (to: PeerId, signal: PeerSignal) => boolean;
  readonly random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;
}

interface Link {
  readonly connection: string;
  readonly peer: PeerId;
  readonly isOfferer: boolean;
  readonly opened: Promise<void>;
  readonly resolve: (nothing: void) => void;
  readonly reject: (failure: Error) => void;
  readonly cancelDeadline: () => void;
  exchanges: Exchanges | undefined;
  isOpen: boolean;
  chunksPerMs: number;
  /** When it was opened, or either side last asked for something. */
  usedMs: number;
}

const DIAL_MS = 5_000;
const IDLE_MS = 10_000;
const MOST_LINKS = 32;
/** A stranger's offer takes the place of a connection only where that has rested so long. */
const RESTED_MS = 30_000;
const MOST_BANNED = 1_000;

/** The connections to other peers; one per peer. Lives in the data worker, the connections themselves in the page. */
export class Neighbours implements PeerSources {
  readonly #options: NeighboursOptions;
  readonly #links = new Map<string, Link>();
  readonly #byPeer = new Map<PeerId, Link>();
  readonly #banned = new Set<PeerId>();
  readonly #sightings = new Sightings();

  constructor(options: NeighboursOptions) {
    this.#options = options;
  }

  get banned(): readonly PeerId[] {
    return [...this.#banned];
  }

  isOpen(peer: PeerId): boolean {
    return this.#byPeer.get(peer)?.isOpen === true;
  }

  openPeers(): readonly PeerId[] {
    const open = [...this.#byPeer.values()].filter((link) => link.isOpen);
    return open.sort((a, b) => b.chunksPerMs - a.chunksPerMs).map((link) => link.peer);
  }

  dial(peer: PeerId, signal: AbortSignal): Promise<void> {
    if (this.#banned.has(peer)) return Promise.reject(new SourceError('lied', `${peer} is banned`));
    const known = this.#byPeer.get(peer);
    if (known === undefined && !this.#hasRoom(0)) {
      return Promise.reject(new SourceError('failed', 'too many connections'));
    }
    const link = known ?? this.#link(randomHex(this.#options.random), peer, true);
    if (known === undefined) this.#options.page.dial(link.connection);
    return aborted(link.opened, signal);
  }

  /** What a peer says through the signalling server. */
  relayed(from: PeerId, signal: PeerSignal): void {
    const connection = hexOf(signal.connection);
    if (signal.type === 'offer') {
      this.#offered(from, connection, signal.sdp);
      return;
    }
    const link = this.#links.get(connection);
    if (link?.peer !== from) return;
    if (signal.type === 'bye') this.#drop(link, 'the other side hung up', true);
    else if (signal.type === 'candidate') {
      const { candidate, mid, line } = signal;
      this.#options.page.step(connection, { type: 'candidate', candidate, mid, line });
    } else this.#options.page.step(connection, { type: 'answer', sdp: signal.sdp });
  }

  /** What the page's end of a connection has to say to the other end. */
  said(connection: string, step: Step): void {
    const link = this.#links.get(connection);
    if (link === undefined) return;
    const name = bytesOfHex(connection);
    const empty = new Uint8Array(0);
    const signal: PeerSignal =
      step.type === 'candidate'
        ? { ...step, connection: name }
        : { ...step, connection: name, token: empty, signature: empty };
    if (!this.#options.relay(link.peer, signal) && !link.isOpen) this.#drop(link, 'no signalling server', true);
  }

  /** The page handed over the channel of a connection. */
  channel(connection: string, channel: Channel): void {
    const link = this.#links.get(connection);
    if (link === undefined || link.exchanges !== undefined) {
      channel.close();
      return;
    }
    const observed = observeOpen(channel, () => {
      link.isOpen = true;
      link.usedMs = this.#options.timers.now();
      link.cancelDeadline();
      link.resolve();
    });
    const exchanges = openExchanges(observed, {
      isOfferer: link.isOfferer,
      answer: (request, signal) => {
        link.usedMs = this.#options.timers.now();
        return this.#options.answer(request, signal);
      },
      timers: this.#options.timers,
      openMs: DIAL_MS,
      idleMs: IDLE_MS,
    });
    link.exchanges = exchanges;
    void exchanges.closed.then((reason) => this.#drop(link, reason.message, true));
  }

  gone(connection: string): void {
    const link = this.#links.get(connection);
    if (link !== undefined) this.#drop(link, 'the connection failed', false);
  }

  async *ask(peer: PeerId, digest: string, run: Run, size: number, signal: AbortSignal): AsyncIterable<Piece> {
    const range = bytesOf(run, size);
    const isWhole = range.first === 0 && range.last === size - 1;
    const headers: [string, string][] = [['te', 'zstd']];
    if (!isWhole) headers.push(['range', `bytes=${range.first}-${range.last}`]);
    const askedMs = this.#options.timers.now();
    const body = await this.#get(peer, `/.gyre/c/${digest}`, headers, isWhole ? 200 : 206, signal);
    const link = this.#byPeer.get(peer);
    let chunks = 0;
    for await (const piece of body) {
      if (chunks === 0) this.#sightings.answered(peer, this.#options.timers.now() - askedMs);
      chunks += 1;
      this.#sightings.received(peer, piece.bytes.byteLength);
      if (link !== undefined) link.chunksPerMs = chunks / Math.max(1, this.#options.timers.now() - askedMs);
      yield piece;
    }
  }

  /** The chunk list of a digest, unverified; at most `most` bytes. */
  async chunkList(peer: PeerId, digest: string, most: number, signal: AbortSignal): Promise<Uint8Array> {
    const list = new Uint8Array(most);
    let length = 0;
    for await (const { bytes } of await this.#get(peer, `/.gyre/chunks/${digest}`, [], 200, signal)) {
      if (length + bytes.byteLength > most) throw new SourceError('lied', 'a chunk list that is too long');
      list.set(bytes, length);
      length += bytes.byteLength;
    }
    return list.subarray(0, length);
  }

  async #get(peer: PeerId, target: string, headers: readonly [string, string][], status: number, signal: AbortSignal) {
    const link = this.#byPeer.get(peer);
    if (link?.exchanges === undefined) throw new SourceError('failed', `no channel to ${peer}`);
    link.usedMs = this.#options.timers.now();
    const response = await link.exchanges.request({ method: 'GET', target, headers, body: nothing() }, signal);
    if (response.status !== status) {
      await response.body[Symbol.asyncIterator]().return?.();
      throw new SourceError('lacks', `${peer} answered ${response.status}`);
    }
    return response.body;
  }

  ban(peer: PeerId): void {
    this.#sightings.lied(peer);
    if (this.#banned.size < MOST_BANNED) this.#banned.add(peer);
    const link = this.#byPeer.get(peer);
    if (link !== undefined) this.#drop(link, 'a chunk was not what it has to be', true);
  }

  /** What was seen of each peer since the last report. */
  report(): readonly PeerReport[] {
    const links = [...this.#byPeer.values()];
    return this.#sightings.report(new Map(links.map((link) => [link.peer, link.exchanges?.counts().sent])));
  }

  close(): void {
    for (const link of [...this.#links.values()]) this.#drop(link, 'closed', true);
  }

  #offered(from: PeerId, connection: string, sdp: string): void {
    if (this.#banned.has(from) || this.#links.has(connection)) return;
    const known = this.#byPeer.get(from);
    if (known === undefined && !this.#hasRoom(RESTED_MS)) return;
    if (known !== undefined) {
      // Both offered at once: the offer of the smaller id stands (PROTOCOL.md, section 4, "Relay payload").
      if (known.isOfferer && !known.isOpen && (this.#options.ownId() ?? '') < from) return;
      if (!known.isOpen && known.isOfferer) this.#replace(known, connection);
      else this.#drop(known, 'the other side began anew', true);
    }
    if (!this.#byPeer.has(from)) this.#link(connection, from, false);
    this.#options.page.accept(connection, sdp);
  }

  /** Room for one more connection; where there is none, the one goes that has rested the longest, if for so long. */
  #hasRoom(restedMs: number): boolean {
    if (this.#links.size < MOST_LINKS) return true;
    const resting = [...this.#links.values()].filter((link) => link.isOpen && link.exchanges?.counts().open === 0);
    const [longest] = resting.sort((a, b) => a.usedMs - b.usedMs);
    if (longest === undefined || this.#options.timers.now() - longest.usedMs < restedMs) return false;
    this.#drop(longest, 'others are waiting', true);
    return true;
  }

  /** Our offer gives way to theirs: whoever waits for a channel to this peer waits for that one. */
  #replace(link: Link, connection: string): void {
    this.#links.delete(link.connection);
    this.#options.page.hangUp(link.connection);
    const other: Link = { ...link, connection, isOfferer: false, exchanges: undefined };
    this.#links.set(connection, other);
    this.#byPeer.set(link.peer, other);
    link.exchanges = undefined;
  }

  #link(connection: string, peer: PeerId, isOfferer: boolean): Link {
    const { promise, resolve, reject } = deferred<void>();
    const cancelDeadline = this.#options.timers.schedule(() => {
      const current = this.#byPeer.get(peer);
      if (current?.opened === promise) this.#drop(current, 'no connection in time', true);
    }, DIAL_MS);
    const link: Link = {
      connection,
      peer,
      isOfferer,
      opened: promise,
      resolve,
      reject,
      cancelDeadline,
      exchanges: undefined,
      isOpen: false,
      chunksPerMs: 0,
      usedMs: this.#options.timers.now(),
    };
    this.#links.set(connection, link);
    this.#byPeer.set(peer, link);
    return link;
  }

  #drop(link: Link, why: string, tellPage: boolean): void {
    if (this.#links.get(link.connection) !== link) return;
    this.#links.delete(link.connection);
    if (this.#byPeer.get(link.peer) === link) this.#byPeer.delete(link.peer);
    link.isOpen = false;
    link.cancelDeadline();
    link.reject(new SourceError('failed', why));
    link.exchanges?.close('not-wanted', why);
    if (tellPage) this.#options.page.hangUp(link.connection);
  }
}

async function* nothing(): AsyncIterable<Piece> {}

/** As the promise, but fails as soon as nobody waits any more. */
function aborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function bytesOfHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function randomHex(random: NeighboursOptions['random']): string {
  return hexOf(random(new Uint8Array(8)));
}
