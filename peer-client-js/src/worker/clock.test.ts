import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../time/fake-timers.js';
import { serveClock, TICK_MS, workerTimers } from './clock.js';

/** A page's timers and the dedicated worker that keeps them, in one thread. */
function clocked() {
  const worker = new FakeTimers();
  let onTick: () => void = () => undefined;
  const serve = serveClock(worker, () => {
    onTick();
  });
  const timers = workerTimers(
    {
      setTicking: serve,
      listen: (listener) => {
        onTick = listener;
      },
    },
    () => worker.now(),
  );
  return { worker, timers };
}

test('a task runs at its time, a tick late at most', async () => {
  const { worker, timers } = clocked();
  const ran: number[] = [];
  timers.schedule(() => ran.push(worker.now()), 310);
  timers.schedule(() => ran.push(worker.now()), 40);
  await worker.advance(1_000);
  assert.deepEqual(ran, [50, 325]);
  assert.ok(ran.every((at, index) => at - (index === 0 ? 40 : 310) <= TICK_MS));
});

test('a task that was called off never runs', async () => {
  const { worker, timers } = clocked();
  let ran = 0;
  const cancel = timers.schedule(() => ran++, 100);
  await worker.advance(60);
  cancel();
  await worker.advance(1_000);
  assert.equal(ran, 0);
});

test('without tasks nothing ticks', async () => {
  const { worker, timers } = clocked();
  timers.schedule(() => undefined, 10);
  await worker.advance(200);
  assert.equal(worker.pending, 0);
});

test('a task may plan another', async () => {
  const { worker, timers } = clocked();
  let ran = 0;
  const again = () => {
    if (++ran < 3) timers.schedule(again, 50);
  };
  again();
  await worker.advance(1_000);
  assert.equal(ran, 3);
});
