import { openExchanges } from '../exchange/exchanges.js';
import { type Answerer, ExchangeError, type Exchanges } from '../exchange/types.js';
import type { Timers } from '../time/timers.js';
import type { Launch, LaunchOutcome } from './launch.js';
import { type Line, lineChannel } from './line-channel.js';

const LOAD_MS = 20_000;
const PATIENCE_MS = 600_000;
const NOTHING: Answerer = () => Promise.reject(new ExchangeError('not-wanted', 'a page answers nothing'));

/** A dedicated worker that runs the app, seen from the page. */
export interface AppWorker {
  readonly exchanges: Exchanges;
  /** Ends it whatever it is doing; its exchanges fail. */
  terminate(): void;
}

/** Resolves when the app is loaded and can answer; fails where it cannot be loaded. */
export async function startAppWorker(
  app: string,
  env: Readonly<Record<string, string>>,
  timers: Timers,
): Promise<AppWorker> {
  const worker = new Worker('/worker-app.js', { type: 'module', name: 'app' });
  try {
    const loaded = outcome(worker, timers);
    worker.postMessage({ app, env } satisfies Launch);
    await loaded;
  } catch (error) {
    worker.terminate();
    throw error;
  }
  const exchanges = openExchanges(lineChannel(line(worker)), {
    isOfferer: true,
    answer: NOTHING,
    timers,
    openMs: PATIENCE_MS,
    idleMs: PATIENCE_MS,
  });
  return {
    exchanges,
    terminate() {
      worker.terminate();
      exchanges.close('failed', 'the worker was ended');
    },
  };
}

function outcome(worker: Worker, timers: Timers): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = timers.schedule(() => {
      reject(new Error('the app did not load in time'));
    }, LOAD_MS);
    worker.onmessage = ({ data }: MessageEvent<LaunchOutcome>) => {
      cancel();
      if (data.type === 'ready') resolve();
      else reject(new Error(data.reason));
    };
    worker.onerror = (event) => {
      cancel();
      reject(new Error(event.message));
    };
  });
}

function line(worker: Worker): Line {
  return {
    post: (message) => {
      worker.postMessage(message, [message]);
    },
    listen: (onMessage) => {
      worker.onmessage = ({ data }: MessageEvent<unknown>) => {
        onMessage(data);
      };
    },
  };
}
