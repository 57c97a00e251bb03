import { selectRange, type ByteRange } from '../fetch/range.js';
import { responseHead } from '../fetch/head.js';
import { ALIVE_MS, type AnsweredFrom, type DataToReader, type ReaderToData } from '../port/messages.js';
import { deferred } from '../time/deferred.js';
import type { Timers } from '../time/timers.js';
import type { Opened } from './library.js';

export interface ReadersOptions {
  readonly timers: Timers;
  readonly open: (url: URL, waitedMs: number, signal: AbortSignal) => Promise<Opened | undefined>;
  /** The service worker answered without us. */
  readonly onAnswered: (url: string, from: AnsweredFrom, bytes: number) => void;
  /** We answered, to the end. */
  readonly onStreamed: (url: string) => void;
}

/** A reader that has no room and makes none for so long is ended, as an exchange would be. */
const RESTING_READER_MS = 60_000;

interface Asking {
  readonly controller: AbortController;
  room: number;
  wake: () => void;
}

/** Answers a service worker on one port: streams verified chunks as it pulls them. */
export function serveReader(port: MessagePort, { timers, open, onAnswered, onStreamed }: ReadersOptions): void {
  const asked = new Map<number, Asking>();
  const say = (message: DataToReader, transfer: Transferable[] = []) => port.postMessage(message, transfer);
  port.onmessage = ({ data }: MessageEvent<ReaderToData>) => {
    switch (data.type) {
      case 'ask':
        void answer(data);
        break;
      case 'pull': {
        const asking = asked.get(data.id);
        if (asking === undefined) break;
        asking.room += data.chunks;
        asking.wake();
        break;
      }
      case 'drop':
        asked.get(data.id)?.controller.abort();
        asked.get(data.id)?.wake();
        break;
      case 'answered':
        onAnswered(data.url, data.from, data.bytes);
        break;
      default:
        data satisfies never;
    }
  };

  async function answer({ id, url, range, waitedMs }: Extract<ReaderToData, { type: 'ask' }>): Promise<void> {
    const asking: Asking = { controller: new AbortController(), room: 0, wake: () => undefined };
    asked.set(id, asking);
    let stop: () => void = () => undefined;
    const sayAlive = () => {
      say({ type: 'alive', id });
      stop = timers.schedule(sayAlive, ALIVE_MS);
    };
    sayAlive();
    try {
      const { signal } = asking.controller;
      const opened = await open(new URL(url), waitedMs, signal);
      const part = opened === undefined ? undefined : selected(opened, range);
      if (opened === undefined || part === undefined) say({ type: 'pass', id });
      else {
        await stream(id, asking, opened, part, range !== null);
        onStreamed(url);
      }
    } catch {
      say({ type: 'pass', id });
    } finally {
      stop();
      asked.delete(id);
    }
  }

  async function stream(id: number, asking: Asking, opened: Opened, range: ByteRange, isPart: boolean): Promise<void> {
    const { signal } = asking.controller;
    say({ type: 'head', id, ...responseHead(opened.manifest, isPart ? range : undefined) });
    for await (const bytes of opened.read(range, signal)) {
      // A copy: the chunk may still be on its way into the store.
      const copy = bytes.slice();
      say({ type: 'chunk', id, bytes: copy }, [copy.buffer]);
      asking.room -= 1;
      while (asking.room <= 0 && !signal.aborted) {
        const awake = deferred<void>();
        asking.wake = awake.resolve;
        const cancel = timers.schedule(() => {
          asking.controller.abort();
          awake.resolve();
        }, RESTING_READER_MS);
        await awake.promise.finally(cancel);
      }
      signal.throwIfAborted();
    }
    say({ type: 'done', id });
  }
}

function selected({ manifest }: Opened, field: string | null): ByteRange | undefined {
  const selection = selectRange(field, manifest.size);
  switch (selection.kind) {
    case 'whole':
      // A field that selects the whole is answered by HTTP: it is none that a media element sends.
      return field === null ? { first: 0, last: manifest.size - 1 } : undefined;
    case 'part':
      return selection.range;
    case 'unsatisfiable':
      return undefined;
    default:
      return selection satisfies never;
  }
}
