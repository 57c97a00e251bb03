import { EMPTY_BODY } from '../exchange/body.js';
import { ExchangeError, type ExchangeRequest, type ExchangeResponse } from '../exchange/types.js';
import type { Timers } from '../time/timers.js';
import type { AppWorker } from './app-worker.js';
import { ALIVE_TARGET, DEADLINE_HEADER } from './launch.js';

const DEFAULT_DEADLINE_MS = 30_000;
const MOST_DEADLINE_MS = 120_000;
/** Whoever does not say within this that it is alive runs in circles. */
const ALIVE_MS = 1_000;
const RESTART_MS = 1_000;

export interface PoolOptions {
  readonly size: number;
  readonly start: () => Promise<AppWorker>;
  readonly timers: Timers;
  readonly onError: (error: unknown) => void;
}

/** The dedicated workers of one app: each request goes to the one with the fewest open, and the stuck are replaced. */
export class AppPool {
  readonly #workers = new Set<AppWorker>();
  readonly #suspects = new Set<AppWorker>();
  #isClosed = false;

  constructor(readonly options: PoolOptions) {}

  /** Resolves when all are ready; fails where the app cannot be loaded. */
  async open(): Promise<void> {
    const starts = Array.from({ length: this.options.size }, () => this.#add());
    await Promise.all(starts);
  }

  get size(): number {
    return this.#workers.size;
  }

  get inFlight(): number {
    let open = 0;
    for (const worker of this.#workers) open += worker.exchanges.counts().open;
    return open;
  }

  /** Runs the handler. Fails with the code deadline where it gives no head in time, and overloaded where no worker is left. */
  async answer(request: ExchangeRequest, signal: AbortSignal): Promise<ExchangeResponse> {
    const worker = this.#idlest();
    if (!worker) throw new ExchangeError('overloaded', 'no worker is ready');
    const stop = new AbortController();
    const onAbort = () => {
      stop.abort(signal.reason);
    };
    signal.addEventListener('abort', onAbort);
    const cancelDeadline = this.options.timers.schedule(() => {
      stop.abort(new ExchangeError('deadline', 'the handler gave no answer in time'));
      void this.#examine(worker);
    }, deadlineMs(request));
    const headers = request.headers.filter(([name]) => name !== DEADLINE_HEADER);
    try {
      return await worker.exchanges.request({ ...request, headers }, stop.signal);
    } catch (error) {
      signal.removeEventListener('abort', onAbort);
      throw error;
    } finally {
      cancelDeadline();
    }
  }

  close(): void {
    this.#isClosed = true;
    const workers = [...this.#workers];
    this.#workers.clear();
    for (const worker of workers) worker.terminate();
  }

  #idlest(): AppWorker | undefined {
    let idlest: AppWorker | undefined;
    for (const worker of this.#workers) {
      if (this.#suspects.has(worker)) continue;
      if (!idlest || worker.exchanges.counts().open < idlest.exchanges.counts().open) idlest = worker;
    }
    return idlest;
  }

  async #add(): Promise<void> {
    const worker = await this.options.start();
    if (this.#isClosed) {
      worker.terminate();
      return;
    }
    this.#workers.add(worker);
    void worker.exchanges.closed.then(({ message }) => {
      this.#end(worker, message);
    });
  }

  /** A slow handler waits for something; a stuck one blocks everything else that its worker has to do. */
  async #examine(worker: AppWorker): Promise<void> {
    if (this.#suspects.has(worker) || !this.#workers.has(worker)) return;
    this.#suspects.add(worker);
    const isAlive = await this.#isAlive(worker);
    this.#suspects.delete(worker);
    if (!isAlive) this.#end(worker, 'it is stuck');
  }

  #end(worker: AppWorker, why: string): void {
    if (!this.#workers.delete(worker)) return;
    this.options.onError(new Error(`a worker was ended: ${why}`));
    worker.terminate();
    this.#replace();
  }

  async #isAlive(worker: AppWorker): Promise<boolean> {
    const asked = new AbortController();
    const cancel = this.options.timers.schedule(() => {
      asked.abort(new ExchangeError('deadline', 'no sign of life'));
    }, ALIVE_MS);
    const question = { method: 'GET', target: ALIVE_TARGET, headers: [], body: EMPTY_BODY };
    try {
      await worker.exchanges.request(question, asked.signal);
      return true;
    } catch {
      return false;
    } finally {
      cancel();
    }
  }

  #replace(): void {
    if (this.#isClosed) return;
    this.#add().catch((error: unknown) => {
      this.options.onError(error);
      this.options.timers.schedule(() => {
        this.#replace();
      }, RESTART_MS);
    });
  }
}

function deadlineMs({ headers }: ExchangeRequest): number {
  const value = headers.find(([name]) => name === DEADLINE_HEADER)?.[1] ?? '';
  return /^[1-9][0-9]{0,8}$/.test(value) ? Math.min(Number(value), MOST_DEADLINE_MS) : DEFAULT_DEADLINE_MS;
}
