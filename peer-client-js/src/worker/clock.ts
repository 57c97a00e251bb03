import type { Timers } from '../time/timers.js';

/** Page to clock: wake me for `id` after so long, or never. */
export interface ClockRequest {
  readonly id: number;
  readonly delayMs: number | null;
}

/** The part of a Worker that timers need. */
export interface ClockPort {
  postMessage(request: ClockRequest): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
}

/** Timers kept by a dedicated worker: those of a page that nobody looks at come up to a minute late. */
export function workerTimers(clock: ClockPort): Timers {
  const tasks = new Map<number, () => void>();
  let nextId = 0;
  clock.onmessage = ({ data }) => {
    const id = data as number;
    const task = tasks.get(id);
    tasks.delete(id);
    task?.();
  };
  return {
    now: () => performance.now(),
    schedule(task, delayMs) {
      const id = nextId++;
      tasks.set(id, task);
      clock.postMessage({ id, delayMs });
      return () => {
        if (tasks.delete(id)) clock.postMessage({ id, delayMs: null });
      };
    },
  };
}

/** What the dedicated worker does. */
export function serveClock(timers: Timers, wake: (id: number) => void): (request: ClockRequest) => void {
  const running = new Map<number, () => void>();
  return ({ id, delayMs }) => {
    running.get(id)?.();
    running.delete(id);
    if (delayMs === null) return;
    const cancel = timers.schedule(() => {
      running.delete(id);
      wake(id);
    }, delayMs);
    running.set(id, cancel);
  };
}
