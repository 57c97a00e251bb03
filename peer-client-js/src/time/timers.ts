/** The clock and the delays of whoever waits, so that tests can step time. */
export interface Timers {
  /** Milliseconds that only ever grow; says nothing about the time of day. */
  now(): number;
  /** Runs `task` once after `delayMs`; returns what calls it off. */
  schedule(task: () => void, delayMs: number): () => void;
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
};
