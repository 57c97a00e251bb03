import { macrotasks } from '../time/macrotasks.js';
import type { Timers } from '../time/timers.js';

/** How often the clock ticks, and so how late a task may run. */
export const TICK_MS = 25;

/** A dedicated worker that ticks while it is told to. */
export interface Clock {
  setTicking(isTicking: boolean): void;
  /** Called once. */
  listen(onTick: () => void): void;
}

interface Planned {
  readonly atMs: number;
  readonly task: () => void;
}

/**
 * Timers kept by a dedicated worker: those of a page that nobody looks at come up to a minute late. A task costs no message
 * of its own, so that there may be one for each request.
 */
export function workerTimers(clock: Clock, now: () => number = () => performance.now()): Timers {
  const planned = new Set<Planned>();
  let isTicking = false;
  const tick = (shouldTick: boolean) => {
    if (isTicking === shouldTick) return;
    isTicking = shouldTick;
    clock.setTicking(shouldTick);
  };
  clock.listen(() => {
    const nowMs = now();
    for (const entry of [...planned]) {
      if (entry.atMs <= nowMs && planned.delete(entry)) entry.task();
    }
    tick(planned.size > 0);
  });
  return {
    now,
    schedule(task, delayMs) {
      const entry = { atMs: now() + delayMs, task };
      planned.add(entry);
      tick(true);
      return () => planned.delete(entry);
    },
    soon: macrotasks(),
  };
}

/** What the dedicated worker does with the page's messages. */
export function serveClock(timers: Timers, onTick: () => void): (isTicking: boolean) => void {
  let cancel: (() => void) | undefined;
  const next = () => {
    cancel = timers.schedule(() => {
      next();
      onTick();
    }, TICK_MS);
  };
  return (isTicking) => {
    cancel?.();
    cancel = undefined;
    if (isTicking) next();
  };
}
