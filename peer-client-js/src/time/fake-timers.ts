import type { Timers } from './timers.js';

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly task: () => void;
}

/** Time that stands still until a test moves it; tasks run in the order of their times. */
export class FakeTimers implements Timers {
  #now = 0;
  #order = 0;
  readonly #planned = new Set<Planned>();

  now(): number {
    return this.#now;
  }

  schedule(task: () => void, delayMs: number): () => void {
    const planned = { at: this.#now + Math.max(0, delayMs), order: this.#order++, task };
    this.#planned.add(planned);
    return () => {
      this.#planned.delete(planned);
    };
  }

  soon(task: () => void): void {
    this.schedule(task, 0);
  }

  /** How many tasks are planned: a test that ends with some has found a leak. */
  get pending(): number {
    return this.#planned.size;
  }

  /** Runs what falls due within `ms`, and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#planned.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.task();
      await settle();
    }
    this.#now = end;
  }

  #next(end: number): Planned | undefined {
    const due = [...this.#planned].filter((planned) => planned.at <= end);
    return due.sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }
}

/** Hashes and signatures that threads of their own still compute. */
let computing = 0;
const subtle = crypto.subtle as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
for (const name of ['digest', 'verify', 'sign', 'importKey', 'generateKey']) {
  const compute = subtle[name]?.bind(subtle);
  if (compute === undefined) throw new Error(`crypto.subtle has no ${name}`);
  const value = (...given: unknown[]) => {
    computing++;
    return compute(...given).finally(() => computing--);
  };
  Object.defineProperty(subtle, name, { value });
}

/** Lets everything that is ready run, also across several awaits, and what is being computed end. */
export async function settle(): Promise<void> {
  for (let quiet = 0; quiet < 3; quiet = computing > 0 ? 0 : quiet + 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
