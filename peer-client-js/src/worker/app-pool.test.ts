import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_BODY } from '../exchange/body.js';
import { openExchanges } from '../exchange/exchanges.js';
import { FakeChannel } from '../exchange/fake-channel.js';
import { type Answerer, ExchangeError, type ExchangeRequest } from '../exchange/types.js';
import { FakeTimers } from '../time/fake-timers.js';
import { AppPool } from './app-pool.js';
import type { AppWorker } from './app-worker.js';
import { ALIVE_TARGET, DEADLINE_HEADER } from './launch.js';

const never = new AbortController().signal;
const ok = { status: 200, headers: [], body: EMPTY_BODY };

/** A pool whose workers answer with `answer`; one that is stuck answers nothing at all. */
async function pool(size: number, answer: (worker: number) => Answerer) {
  const timers = new FakeTimers();
  const errors: string[] = [];
  let started = 0;
  let ended = 0;
  const start = (): Promise<AppWorker> => {
    const [page, worker] = FakeChannel.pair(timers, 7);
    const options = { timers, openMs: 1_000, idleMs: 600_000 };
    openExchanges(worker, { ...options, isOfferer: false, answer: answer(started++) });
    const exchanges = openExchanges(page, { ...options, isOfferer: true, answer: () => Promise.reject(new Error()) });
    return Promise.resolve({
      exchanges,
      terminate() {
        ended++;
        exchanges.close('failed', 'ended');
      },
    });
  };
  const made = new AppPool({ size, start, timers, onError: (error) => errors.push(String(error)) });
  await made.open();
  await timers.advance(20);
  return { pool: made, timers, errors, started: () => started, ended: () => ended };
}

function get(target: string, deadline?: string): ExchangeRequest {
  const headers = deadline === undefined ? [] : [[DEADLINE_HEADER, deadline] as const];
  return { method: 'GET', target, headers, body: EMPTY_BODY };
}

const stuck: Answerer = () => new Promise(() => undefined);
const slow: Answerer = (request) => (request.target === ALIVE_TARGET ? Promise.resolve(ok) : stuck(request, never));

function failsWith(code: string) {
  return (error: unknown) => error instanceof ExchangeError && error.code === code;
}

test('each request goes to the worker with the fewest open', async () => {
  const asked = [0, 0, 0];
  const { pool: workers, timers } = await pool(3, (worker) => (request, signal) => {
    asked[worker] = (asked[worker] ?? 0) + 1;
    return stuck(request, signal);
  });
  for (let index = 0; index < 9; index++) workers.answer(get('/'), never).catch(() => undefined);
  await timers.advance(20);
  assert.deepEqual(asked, [3, 3, 3]);
  assert.equal(workers.inFlight, 9);
});

test('the deadline of the request is kept, and its header does not reach the handler', async () => {
  const seen: string[] = [];
  const { pool: workers, timers } = await pool(1, () => (request, signal) => {
    seen.push(...request.headers.map(([name]) => name));
    return slow(request, signal);
  });
  const answer = assert.rejects(workers.answer(get('/', '300'), never), failsWith('deadline'));
  await timers.advance(300);
  await answer;
  assert.deepEqual(seen, []);
});

test('a slow handler costs its own request only', async () => {
  const { pool: workers, timers, ended } = await pool(1, () => slow);
  const answer = assert.rejects(workers.answer(get('/', '300'), never), failsWith('deadline'));
  await timers.advance(5_000);
  await answer;
  assert.equal(ended(), 0);
  assert.equal(workers.inFlight, 0);
});

test('a stuck worker is ended and replaced, and what it held fails', async () => {
  const {
    pool: workers,
    timers,
    errors,
    started,
    ended,
  } = await pool(1, (worker) => (worker === 0 ? stuck : () => Promise.resolve(ok)));
  const first = assert.rejects(workers.answer(get('/', '300'), never), failsWith('deadline'));
  const second = assert.rejects(workers.answer(get('/', '60000'), never), failsWith('failed'));
  await timers.advance(400);
  await first;
  await assert.rejects(workers.answer(get('/'), never), failsWith('overloaded'));
  await timers.advance(2_000);
  await second;
  assert.deepEqual([started(), ended(), workers.size], [2, 1, 1]);
  assert.match(errors[0] ?? '', /stuck/);
  const third = workers.answer(get('/'), never);
  await timers.advance(20);
  assert.equal((await third).status, 200);
});

test('a request that nobody waits for any more is taken back', async () => {
  const { pool: workers, timers } = await pool(1, () => slow);
  const asked = new AbortController();
  const answer = assert.rejects(workers.answer(get('/'), asked.signal), /gone/);
  await timers.advance(20);
  asked.abort(new Error('gone'));
  await answer;
  assert.equal(workers.inFlight, 0);
});

test('a deadline that is no number is the usual one', async () => {
  const { pool: workers, timers } = await pool(1, () => slow);
  const answer = assert.rejects(workers.answer(get('/', '-5'), never), failsWith('deadline'));
  await timers.advance(29_000);
  assert.equal(workers.inFlight, 1);
  await timers.advance(1_100);
  await answer;
});
