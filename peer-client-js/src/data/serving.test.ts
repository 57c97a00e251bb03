import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExchangeError, type ExchangeResponse, type Piece } from '../exchange/types.js';
import { MemoryStore } from '../store/memory.js';
import { FakeTimers, settle } from '../time/fake-timers.js';
import { Limits } from '../wire/limits.js';
import { serving } from './serving.js';
import { UploadBudget } from './upload-budget.js';

const DIGEST = 'D'.repeat(43);
const SIZE = 2 * Limits.CHUNK + 5;

async function holder(volume = 10 * Limits.CHUNK, isServing: () => boolean = () => true) {
  const store = new MemoryStore(100 * Limits.CHUNK);
  const chunk = (index: number, length: number) => ({ index, isPacked: index === 1, bytes: new Uint8Array(length) });
  await store.keepChunks(DIGEST, SIZE, [chunk(0, Limits.CHUNK), chunk(1, 9), chunk(2, 5)], 1);
  await store.keepChunkList(DIGEST, new Uint8Array(96).fill(4));
  const timers = new FakeTimers();
  let served = 0;
  const budget = new UploadBudget(timers, 100 * Limits.CHUNK, volume, 0);
  let reads = 0;
  const chunks = store.chunks.bind(store);
  store.chunks = (...which) => {
    reads += 1;
    return chunks(...which);
  };
  const answer = serving({
    store,
    budget: () => budget,
    isServing,
    unpack: (_packed, length) => new Uint8Array(length).fill(7),
    onServed: (bytes) => (served += bytes),
  });
  const ask = (target: string, headers: [string, string][] = [], method = 'GET') =>
    answer({ method, target, headers, body: nothing() }, new AbortController().signal);
  return { ask, answer, timers, served: () => served, reads: () => reads };
}

async function* nothing(): AsyncIterable<Piece> {}

async function piecesOf(response: ExchangeResponse): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for await (const piece of response.body) pieces.push(piece);
  return pieces;
}

test('a representation is answered chunk by chunk, packed where the reader can unpack', async () => {
  const { ask, served } = await holder();
  const response = await ask(`/.gyre/c/${DIGEST}`, [['te', 'zstd']]);
  assert.equal(response.status, 200);
  const pieces = await piecesOf(response);
  assert.deepEqual(
    pieces.map((piece) => [piece.bytes.byteLength, piece.isPacked]),
    [
      [Limits.CHUNK, false],
      [9, true],
      [5, false],
    ],
  );
  assert.equal(served(), Limits.CHUNK + 14);
});

test('a reader that cannot unpack gets the bytes', async () => {
  const { ask } = await holder();
  const [, second] = await piecesOf(await ask(`/.gyre/c/${DIGEST}`));
  assert.equal(second?.bytes.byteLength, Limits.CHUNK);
  assert.equal(second.bytes[0], 7);
});

test('a range on chunk borders is a 206', async () => {
  const { ask } = await holder();
  const response = await ask(`/.gyre/c/${DIGEST}`, [['range', `bytes=${2 * Limits.CHUNK}-${SIZE - 1}`]]);
  assert.equal(response.status, 206);
  assert.deepEqual(response.headers, [['content-range', `bytes ${2 * Limits.CHUNK}-${SIZE - 1}/${SIZE}`]]);
  assert.equal((await piecesOf(response)).length, 1);
});

const refusals: [string, number, string][] = [
  [`/.gyre/c/${'E'.repeat(43)}`, 504, 'GET'],
  [`/.gyre/chunks/${'E'.repeat(43)}`, 504, 'GET'],
  [`/.gyre/c/${DIGEST}`, 404, 'POST'],
  ['/photo.jpg', 404, 'GET'],
  ['http://site.example/photo.jpg', 404, 'GET'],
];
for (const [target, status, method] of refusals) {
  test(`${method} ${target} is answered with ${status}`, async () => {
    assert.equal((await (await holder()).ask(target, [], method)).status, status);
  });
}

test('a chunk list is answered as it is', async () => {
  const [piece] = await piecesOf(await (await holder()).ask(`/.gyre/chunks/${DIGEST}`));
  assert.equal(piece?.bytes.byteLength, 96);
});

test('a visitor that does not serve says it does not hold it', async () => {
  const { ask } = await holder(10 * Limits.CHUNK, () => false);
  assert.equal((await ask(`/.gyre/c/${DIGEST}`)).status, 504);
});

test('beyond the upload volume nothing more is served', async () => {
  const { ask } = await holder(3 * Limits.CHUNK);
  await piecesOf(await ask(`/.gyre/c/${DIGEST}`));
  assert.equal((await ask(`/.gyre/c/${DIGEST}`)).status, 504);
});

test('answers at the same time do not spend more than the upload volume together', async () => {
  const { ask, served } = await holder(3 * Limits.CHUNK);
  const responses = await Promise.all([1, 2, 3].map(() => ask(`/.gyre/c/${DIGEST}`)));
  const outcomes = await Promise.allSettled(responses.map(piecesOf));
  assert.deepEqual(
    responses.map(({ status }) => status),
    [200, 200, 200],
  );
  const failed = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  assert.ok(failed.length > 0);
  for (const reason of failed) assert.ok(reason instanceof ExchangeError && reason.code === 'overloaded');
  assert.ok(served() <= 3 * Limits.CHUNK, `${served()} bytes`);
});

test('a visitor that is hidden in the middle of an answer breaks it off', async () => {
  let isServing = true;
  const { ask, served } = await holder(10 * Limits.CHUNK, () => isServing);
  const { body } = await ask(`/.gyre/c/${DIGEST}`);
  const pieces = body[Symbol.asyncIterator]();
  await pieces.next();
  isServing = false;
  await assert.rejects(pieces.next(), { code: 'overloaded' });
  assert.equal(served(), Limits.CHUNK);
});

test('eight answers are at work at once, others wait for their turn, and what is too many gets 504', async () => {
  const { ask, reads } = await holder();
  const asked = Array.from({ length: 129 }, () => ask(`/.gyre/c/${DIGEST}`));
  const settled: ExchangeResponse[] = [];
  for (const response of asked) void response.then((one) => settled.push(one));
  await settle();
  assert.deepEqual(settled.map(({ status }) => status).sort(), [...Array.from({ length: 8 }, () => 200), 504]);
  assert.equal(reads(), 0);
  const first = await asked[0];
  assert.ok(first);
  await piecesOf(first);
  await settle();
  assert.equal(settled.length, 10);
});

test("a request that was cancelled while it waited takes nobody's turn", async () => {
  const { answer } = await holder();
  const controllers = Array.from({ length: 10 }, () => new AbortController());
  const asked = controllers.map(({ signal }) =>
    answer({ method: 'GET', target: `/.gyre/c/${DIGEST}`, headers: [], body: nothing() }, signal),
  );
  const cancelled = assert.rejects(asked[8] ?? Promise.resolve());
  controllers[8]?.abort();
  const first = await asked[0];
  assert.ok(first);
  await piecesOf(first);
  await cancelled;
  assert.equal((await asked[9])?.status, 200);
});

test('nothing of the content of a request is kept', async () => {
  const { answer } = await holder();
  let isGivenUp = false;
  const body = { [Symbol.asyncIterator]: () => ({ next: never, return: () => givenUp() }) };
  const never = () => new Promise<IteratorResult<Piece>>(() => undefined);
  const givenUp = async () => {
    isGivenUp = true;
    return { done: true as const, value: undefined };
  };
  await answer({ method: 'POST', target: '/', headers: [], body }, new AbortController().signal);
  assert.ok(isGivenUp);
});

test('chunk lists count against the upload volume, too', async () => {
  const { ask } = await holder(100);
  assert.equal((await piecesOf(await ask(`/.gyre/chunks/${DIGEST}`))).length, 1);
  assert.equal((await ask(`/.gyre/chunks/${DIGEST}`)).status, 504);
});

test('the upload rate delays what is past the burst', async () => {
  const timers = new FakeTimers();
  await timers.advance(1_000);
  const budget = new UploadBudget(timers, 1_000, 1e6, 0);
  const { signal } = new AbortController();
  await budget.spend(1_000, signal);
  let isFree = false;
  void budget.spend(500, signal).then(() => (isFree = true));
  await timers.advance(499);
  assert.ok(!isFree);
  await timers.advance(1);
  await settle();
  assert.ok(isFree);
});
