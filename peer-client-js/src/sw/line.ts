import type { AnsweredFrom, DataToReader, ReaderToData } from '../port/messages.js';
import { READER_WINDOW } from '../port/messages.js';
import type { Timers } from '../time/timers.js';
import type { HeaderField } from '../wire/messages.js';

/** What a line needs of a MessagePort. */
export interface LinePort {
  postMessage(message: ReaderToData): void;
  onmessage: ((event: MessageEvent<DataToReader>) => void) | null;
}

export interface LineOptions {
  readonly timers: Timers;
  /** How long the head may take since the page asked. */
  readonly headMs: () => number;
  /** After the head: how long the other end may say nothing at all, not even that it is alive. */
  readonly silenceMs: number;
  /** Told of an answer for which nobody waits any more: the other end is slow, not dead. */
  readonly onLate: () => void;
}

export interface Question {
  readonly url: string;
  readonly range: string | null;
  readonly waitedMs: number;
  /** Whether an answer with these headers is welcome. */
  readonly accepts: (headers: readonly HeaderField[]) => boolean;
}

/** An answer whose first chunk is here. */
export interface LineAnswer {
  readonly status: number;
  readonly headers: readonly HeaderField[];
  readonly body: ReadableStream<Uint8Array>;
}

/** `silent`: nothing at all was heard, the other end may be dead. */
export type Outcome = LineAnswer | 'pass' | 'silent';

/** The service worker's end of a port to a data worker: several questions at a time, answers at the reader's pace. */
export class Line {
  readonly #port: LinePort;
  readonly #options: LineOptions;
  readonly #open = new Map<number, (message: DataToReader) => void>();
  #last = 0;

  constructor(port: LinePort, options: LineOptions) {
    this.#port = port;
    this.#options = options;
    port.onmessage = ({ data }) => (this.#open.get(data.id) ?? options.onLate)(data);
  }

  /** Answered without the data worker: the page's counts want to know. */
  tellAnswered(url: string, from: AnsweredFrom, bytes: number): void {
    this.#port.postMessage({ type: 'answered', url, from, bytes });
  }

  ask({ url, range, waitedMs, accepts }: Question): Promise<Outcome> {
    const id = ++this.#last;
    return new Promise((resolve) => {
      let head: Extract<DataToReader, { type: 'head' }> | undefined;
      let late: 'pass' | 'silent' = 'silent';
      const flow = this.#flow(id);
      const end = (outcome: Outcome) => {
        cancelDeadline();
        if (typeof outcome === 'string') this.#drop(id);
        resolve(outcome);
      };
      let cancelDeadline = this.#options.timers.schedule(() => end(late), this.#options.headMs() - waitedMs);
      this.#open.set(id, (message) => {
        if (message.type === 'pass' || (message.type === 'head' && !accepts(message.headers))) return end('pass');
        if (message.type === 'alive' && head === undefined) {
          late = 'pass';
          return;
        }
        if (message.type === 'head' || message.type === 'alive') {
          if (message.type === 'head') head = message;
          cancelDeadline();
          cancelDeadline = this.#options.timers.schedule(() => end('pass'), this.#options.silenceMs);
          return;
        }
        if (head === undefined) return end('pass');
        this.#open.set(id, flow.take);
        flow.take(message);
        end({ status: head.status, headers: head.headers, body: flow.body });
      });
      this.#port.postMessage({ type: 'ask', id, url, range, waitedMs });
      this.#port.postMessage({ type: 'pull', id, chunks: READER_WINDOW });
    });
  }

  #flow(id: number): { body: ReadableStream<Uint8Array>; take: (message: DataToReader) => void } {
    let credit = READER_WINDOW;
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    let cancelDeadline: () => void = () => undefined;
    const isOver = () => !this.#open.has(id);
    const expect = () => {
      cancelDeadline();
      if (credit === 0 || isOver()) return;
      cancelDeadline = this.#options.timers.schedule(() => fail(), this.#options.silenceMs);
    };
    const fail = () => {
      this.#drop(id);
      controller?.error(new TypeError('the answer was broken off'));
    };
    const body = new ReadableStream<Uint8Array>(
      {
        start: (started) => {
          controller = started;
        },
        pull: (pulled) => {
          const room = (pulled.desiredSize ?? 0) - credit;
          if (room <= 0 || isOver()) return;
          credit += room;
          this.#port.postMessage({ type: 'pull', id, chunks: room });
          expect();
        },
        cancel: () => {
          cancelDeadline();
          this.#drop(id);
        },
      },
      { highWaterMark: READER_WINDOW },
    );
    const take = (message: DataToReader) => {
      cancelDeadline();
      switch (message.type) {
        case 'chunk':
          credit -= 1;
          controller?.enqueue(message.bytes);
          expect();
          break;
        case 'alive':
          expect();
          break;
        case 'done':
          this.#open.delete(id);
          controller?.close();
          break;
        case 'pass':
        case 'head':
          fail();
          break;
        default:
          message satisfies never;
      }
    };
    return { body, take };
  }

  #drop(id: number): void {
    if (this.#open.delete(id)) this.#port.postMessage({ type: 'drop', id });
  }
}
