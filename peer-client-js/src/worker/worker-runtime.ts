import { type Clock, workerTimers } from './clock.js';
import { CLOCK_NAME } from './launch.js';
import { type RuntimeState, type StartOptions, WorkerRuntime } from './runtime.js';

/** What the worker node calls in the tab. There is one key per tab; it never leaves it. */
export interface GyreWorker {
  publicKey(): Promise<string>;
  start(options: StartOptions): Promise<void>;
  renew(token: string): Promise<void>;
  state(): RuntimeState;
}

function startClock(): Clock {
  const worker = new Worker('/worker-app.js', { type: 'module', name: CLOCK_NAME });
  return {
    setTicking(isTicking) {
      worker.postMessage(isTicking);
    },
    listen(onTick) {
      worker.onmessage = () => {
        onTick();
      };
    },
  };
}

const runtime = crypto.subtle
  .generateKey('Ed25519', false, ['sign', 'verify'])
  .then((key) => new WorkerRuntime(key as CryptoKeyPair, workerTimers(startClock())));
let current: WorkerRuntime | undefined;
void runtime.then((made) => (current = made));

const idle: RuntimeState = {
  registered: false,
  peerId: null,
  channels: 0,
  inFlight: 0,
  served: 0,
  failed: 0,
  lastError: null,
};

const gyreWorker: GyreWorker = {
  publicKey: async () => (await runtime).publicKey(),
  start: async (options) => (await runtime).start(options),
  renew: async (token) => {
    (await runtime).renew(token);
  },
  state: () => current?.state() ?? idle,
};

Object.assign(globalThis, { gyreWorker });
