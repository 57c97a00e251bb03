import { type EncodedFrame, encodeFrame } from '../wire/frames.js';
import type { CancelCode, PeerFrame } from '../wire/messages.js';
import { Limits } from '../wire/limits.js';
import type { Timers } from '../time/timers.js';
import { FLOOD, HIGH_WATER, MESSAGE_TARGET } from './marks.js';
import { type Channel, ExchangeError } from './types.js';

/** So many microtasks without a frame, and nothing more is expected of this task. */
const QUIET_TURNS = 12;

/**
 * What waits to leave through one channel. Frames of the same task travel in one message; frames of bodies take turns, and
 * wait while the channel holds more than the high-water mark or is not open yet.
 */
export class Outbox {
  readonly #waiting: { send(): void; resolve(): void; reject(reason: unknown): void }[] = [];
  /** Where messages are put together: memory that is new for each costs more than what is copied into it. */
  readonly #scratch = new Uint8Array(Limits.EXCHANGE_MESSAGE);
  #frames: EncodedFrame[] = [];
  #size = 0;
  #isOpen = false;
  #isClosed = false;
  #isFlushPlanned = false;
  #quietTurns = 0;

  /** `onBroken`: the channel cannot be used any more, or the other side asks for more without taking anything in. */
  constructor(
    readonly channel: Channel,
    readonly timers: Timers,
    readonly onBroken: (code: CancelCode, reason: string) => void,
  ) {}

  open(): void {
    this.#isOpen = true;
    this.flush();
    this.drained();
  }

  /** Sends a frame with the next message. */
  frame(frame: PeerFrame): void {
    if (this.#isClosed) return;
    this.#add(encodeFrame(frame));
    if (this.#size + this.channel.bufferedAmount > FLOOD) this.onBroken('limit', 'nothing is taken in');
    else this.#planFlush();
  }

  /** Runs `send`, which sends one frame of a body, as soon as there is room; in the order of the calls. */
  async turn(send: () => void): Promise<void> {
    if (this.#isClosed) throw new ExchangeError('closed', 'the channel is closed', true);
    if (this.#waiting.length === 0 && this.#room() > 0) send();
    else await new Promise<void>((resolve, reject) => this.#waiting.push({ send, resolve, reject }));
  }

  drained(): void {
    while (this.#room() > 0) {
      const next = this.#waiting.shift();
      if (!next) return;
      next.send();
      next.resolve();
    }
  }

  flush(): void {
    if (!this.#isOpen || this.#isClosed) return;
    try {
      while (this.#frames.length > 0) this.channel.send(this.#message());
    } catch (error) {
      this.#isClosed = true;
      this.onBroken('failed', `the channel failed: ${String(error)}`);
    }
  }

  /** Sends what waits, and `last` after it. Nothing leaves after this; whoever waits for a turn fails. */
  close(last?: PeerFrame): void {
    if (last && !this.#isClosed) this.#add(encodeFrame(last));
    this.flush();
    this.#isClosed = true;
    this.#frames = [];
    this.#size = 0;
    const error = new ExchangeError('closed', 'the channel is closed', true);
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  #add(frame: EncodedFrame): void {
    const length = frame.head.length + frame.payload.length;
    if (this.#size + length > MESSAGE_TARGET) this.flush();
    this.#frames.push(frame);
    this.#size += length;
  }

  #room(): number {
    return this.#isOpen ? HIGH_WATER - this.channel.bufferedAmount - this.#size : 0;
  }

  #planFlush(): void {
    this.#quietTurns = 0;
    if (this.#isFlushPlanned || !this.#isOpen) return;
    this.#isFlushPlanned = true;
    queueMicrotask(this.#flushWhenQuiet);
  }

  /** While messages follow on one another, each waits for a turn of the event loop: so under load it carries many frames. */
  #flushAndHold(): void {
    this.flush();
    this.timers.soon(() => {
      if (this.#frames.length > 0) this.#flushAndHold();
      else this.#isFlushPlanned = false;
    });
  }

  /** A body's frames come some promises after its head: whoever flushed at once would send a message for each. */
  readonly #flushWhenQuiet = (): void => {
    if (this.#quietTurns++ < QUIET_TURNS) queueMicrotask(this.#flushWhenQuiet);
    else this.#flushAndHold();
  };

  /** Takes frames up to the size of one message. */
  #message(): Uint8Array<ArrayBuffer> {
    let count = 0;
    let size = 0;
    for (const { head, payload } of this.#frames) {
      const length = head.length + payload.length;
      if (count > 0 && size + length > MESSAGE_TARGET) break;
      size += length;
      count++;
    }
    const message = this.#scratch.subarray(0, size);
    let at = 0;
    for (const { head, payload } of this.#frames.splice(0, count)) {
      message.set(head, at);
      message.set(payload, at + head.length);
      at += head.length + payload.length;
    }
    this.#size -= size;
    return message;
  }
}
