import type { FakeTimers } from '../time/fake-timers.js';
import { LOW_WATER } from './marks.js';
import type { Channel, ChannelListener } from './types.js';

/** Random numbers in [0, 1) that a seed decides (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One end of an in-memory data channel: ordered and reliable, with delays that a seed decides. */
export class FakeChannel implements Channel {
  bufferedAmount = 0;
  peakBufferedAmount = 0;
  /** While true nothing that was sent here arrives. */
  isStalled = false;
  isClosed = false;
  /** What happens to a message on its way. */
  alter: (message: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> = (message) => message;
  /** Lengths of the messages sent. */
  readonly sent: number[] = [];
  #other: FakeChannel | undefined;
  #listener: ChannelListener | undefined;
  readonly #queue: Uint8Array<ArrayBuffer>[] = [];
  #isPumping = false;

  private constructor(
    readonly timers: FakeTimers,
    readonly random: () => number,
  ) {}

  static pair(timers: FakeTimers, seed: number): [FakeChannel, FakeChannel] {
    const random = seededRandom(seed);
    const one = new FakeChannel(timers, random);
    const two = new FakeChannel(timers, random);
    one.#other = two;
    two.#other = one;
    return [one, two];
  }

  listen(listener: ChannelListener): void {
    this.#listener = listener;
    this.timers.schedule(() => {
      if (!this.isClosed) listener.onOpen();
    }, this.random() * 5);
  }

  send(message: Uint8Array<ArrayBuffer>): void {
    if (this.isClosed) throw new Error('send on a closed channel');
    this.sent.push(message.length);
    this.#queue.push(message.slice());
    this.bufferedAmount += message.length;
    this.peakBufferedAmount = Math.max(this.peakBufferedAmount, this.bufferedAmount);
    this.pump();
  }

  /** Closes gracefully: what was sent still arrives. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.pump();
  }

  pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    this.timers.schedule(() => {
      this.#isPumping = false;
      if (this.isStalled) return;
      this.#deliver();
      if (this.#queue.length > 0) this.pump();
    }, this.random() * 0.2);
  }

  #deliver(): void {
    const message = this.#queue.shift();
    if (message) {
      const before = this.bufferedAmount;
      this.bufferedAmount -= message.length;
      this.#other?.receive(this.alter(message));
      if (before > LOW_WATER && this.bufferedAmount <= LOW_WATER) this.#listener?.onDrained();
    }
    if (this.isClosed && this.#queue.length === 0) this.#other?.lose();
  }

  receive(message: Uint8Array<ArrayBuffer>): void {
    if (!this.isClosed) this.#listener?.onMessage(message);
  }

  lose(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#listener?.onClose();
  }
}
