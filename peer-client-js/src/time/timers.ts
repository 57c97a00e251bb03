import { macrotasks } from './macrotasks.js';

/** The clock and the delays of whoever waits, so that tests can step time. */
export interface Timers {
  /** Milliseconds that only ever grow; says nothing about the time of day. */
  now(): number;
  /** Runs `task` once after `delayMs`; returns what calls it off. */
  schedule(task: () => void, delayMs: number): () => void;
  /** Runs `task` after the events that are waiting already; never held back as the timers of a hidden page are. */
  soon(task: () => void): void;
}

/** The timers of the page or worker that runs this. */
export const systemTimers: Timers = {
  now: () => performance.now(),
  schedule(task, delayMs) {
    const timer = setTimeout(task, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
  soon: macrotasks(),
};
