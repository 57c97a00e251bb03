import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FetchPlan, HTTP, type Order, type PlanOptions, type Task } from './plan.js';

const A = 'n-A';
const B = 'n-B';

function planOf(chunks: number, options: Partial<PlanOptions> = {}): FetchPlan {
  const plan = new FetchPlan({ chunks, nowMs: 0, hedgeMs: 150, fastEnough: 0.01, ...options });
  plan.want({ first: 0, count: chunks }, 0);
  return plan;
}

const asks = (orders: readonly Order[]): Task[] =>
  orders.flatMap((order) => (order.kind === 'ask' ? [order.task] : []));
const brief = (orders: readonly Order[]): string[] =>
  orders.map((order) => {
    if (order.kind === 'dial') return `dial ${order.peer}`;
    if (order.kind === 'drop') return `drop ${order.task}`;
    return `ask ${order.task.source} ${order.task.first}+${order.task.count}`;
  });

function deliver(plan: FetchPlan, task: Task, nowMs: number, count = task.count): void {
  for (let index = task.first; index < task.first + count; index++) plan.arrived(task.id, index, nowMs);
}

test('an open neighbour that holds it is asked at once, and HTTP is not', () => {
  const plan = planOf(4);
  plan.addPeer(A, true);
  assert.deepEqual(brief(plan.next(0)), [`ask ${A} 0+4`]);
  assert.equal(plan.wakeMs(0), 150);
});

test('chunks are striped over the providers', () => {
  const plan = planOf(8);
  plan.addPeer(A, true);
  plan.addPeer(B, true);
  assert.deepEqual(brief(plan.next(0)), [`ask ${A} 0+4`, `ask ${B} 4+4`]);
});

test('a provider without a connection is dialled, and asked when it is open', () => {
  const plan = planOf(4);
  plan.addPeer(A, false);
  assert.deepEqual(brief(plan.next(0)), [`dial ${A}`]);
  plan.opened(A);
  assert.deepEqual(brief(plan.next(20)), [`ask ${A} 0+4`]);
});

test('without any peer HTTP is asked at once', () => {
  assert.deepEqual(brief(planOf(4).next(0)), [`ask ${HTTP} 0+4`]);
});

test('HTTP takes everything when no peer delivered within the hedge delay', () => {
  const plan = planOf(4);
  plan.addPeer(A, true);
  plan.next(0);
  assert.deepEqual(plan.next(149), []);
  assert.deepEqual(brief(plan.next(150)), [`ask ${HTTP} 0+4`]);
});

test('a late peer whose chunks HTTP brought meanwhile is told to stop', () => {
  const plan = planOf(2);
  plan.addPeer(A, true);
  const [late] = asks(plan.next(0));
  const [http] = asks(plan.next(150));
  assert.ok(late && http);
  deliver(plan, http, 180);
  assert.deepEqual(brief(plan.next(180)), [`drop ${late.id}`]);
  assert.ok(plan.isIdle);
});

test('a peer that wins at the last moment keeps HTTP out', () => {
  const plan = planOf(2);
  plan.addPeer(A, true);
  const [task] = asks(plan.next(0));
  assert.ok(task);
  plan.arrived(task.id, 0, 145);
  assert.deepEqual(plan.next(150), []);
  plan.arrived(task.id, 1, 160);
  assert.ok(plan.isIdle);
});

test('HTTP takes over where a peer stalls', () => {
  const plan = planOf(4);
  plan.addPeer(A, true);
  const [task] = asks(plan.next(0));
  assert.ok(task);
  plan.arrived(task.id, 0, 100);
  assert.deepEqual(plan.next(200), []);
  assert.deepEqual(brief(plan.next(250)), [`ask ${HTTP} 1+3`]);
});

test('where one peer stalls, another takes its chunks before HTTP does', () => {
  const plan = planOf(4);
  plan.addPeer(A, true);
  plan.addPeer(B, true);
  const [first, second] = asks(plan.next(0));
  assert.ok(first && second);
  deliver(plan, second, 140);
  assert.deepEqual(brief(plan.next(140)), []);
  assert.deepEqual(brief(plan.next(150)), [`ask ${B} 0+2`, `ask ${HTTP} 0+2`].slice(0, 1));
});

test('HTTP helps a peer that moves, but slowly', () => {
  const plan = planOf(64, { fastEnough: 1 });
  plan.addPeer(A, true);
  const [task] = asks(plan.next(0));
  assert.ok(task);
  plan.arrived(task.id, 0, 10);
  plan.arrived(task.id, 1, 140);
  assert.deepEqual(brief(plan.next(200)), [`ask ${HTTP} 32+16`]);
});

test('HTTP stays out while peers are fast, however long it takes', () => {
  const plan = planOf(64);
  plan.addPeer(A, true);
  const [task] = asks(plan.next(0));
  assert.ok(task);
  deliver(plan, task, 10, 10);
  plan.arrived(task.id, 10, 190);
  assert.deepEqual(plan.next(200), []);
});

test('a peer that does not hold it costs nothing: the next source is asked at once', () => {
  const plan = planOf(2);
  plan.addPeer(A, true);
  plan.next(0);
  plan.forget(A);
  assert.deepEqual(brief(plan.next(3)), [`ask ${HTTP} 0+2`]);
});

test('open neighbours are guessed at only while nobody is known to hold it', () => {
  const plan = planOf(2);
  plan.addPeer(B, true, true);
  assert.deepEqual(brief(plan.next(0)), [`ask ${B} 0+2`]);
  const other = planOf(2);
  other.addPeer(B, true, true);
  other.addPeer(A, true);
  assert.deepEqual(brief(other.next(0)), [`ask ${A} 0+2`]);
});

test('what is held is not asked for', () => {
  const plan = planOf(4);
  plan.holds(0);
  plan.holds(2);
  plan.addPeer(A, true);
  assert.deepEqual(brief(plan.next(0)), [`ask ${A} 1+1`, `ask ${A} 3+1`]);
});

test('when HTTP failed and no peer is left, the plan has failed', () => {
  const plan = planOf(2);
  plan.addPeer(A, true);
  plan.next(0);
  plan.forget(HTTP);
  assert.ok(!plan.isFailed);
  plan.forget(A);
  assert.ok(plan.isFailed);
});

test('two asks to one peer are open at once, so that it never waits for the next', () => {
  const plan = planOf(64);
  plan.addPeer(A, true);
  assert.deepEqual(brief(plan.next(0)), [`ask ${A} 0+16`, `ask ${A} 16+16`]);
});
