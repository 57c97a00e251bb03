import type { Timers } from './timers.js';

/** Undefined where it takes longer. */
export function within<Value>(timers: Timers, promise: Promise<Value>, ms: number): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = timers.schedule(() => resolve(undefined), ms);
    promise.then(resolve, reject).finally(cancel);
  });
}
