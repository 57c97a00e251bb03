import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataToReader, ReaderToData } from '../port/messages.js';
import { FakeTimers } from '../time/fake-timers.js';
import { Line, type LinePort } from './line.js';

function lineOf() {
  const timers = new FakeTimers();
  const sent: ReaderToData[] = [];
  const port: LinePort = { postMessage: (message) => sent.push(message), onmessage: null };
  let late = 0;
  const line = new Line(port, { timers, headMs: () => 150, silenceMs: 5_000, onLate: () => late++ });
  const answer = (message: DataToReader) => port.onmessage?.({ data: message } as MessageEvent<DataToReader>);
  const pulled = () => sent.reduce((sum, message) => sum + (message.type === 'pull' ? message.chunks : 0), 0);
  return { timers, sent, line, answer, pulled, late: () => late };
}

const question = { url: 'https://site.example/a', range: null, waitedMs: 0, accepts: () => true };
const head: DataToReader = { type: 'head', id: 1, status: 200, headers: [['etag', '"x"']] };
const chunk = (fill: number): DataToReader => ({ type: 'chunk', id: 1, bytes: new Uint8Array(3).fill(fill) });

test('an answer begins with its first chunk and ends with done', async () => {
  const { line, answer, timers } = lineOf();
  const asked = line.ask(question);
  answer(head);
  answer(chunk(1));
  answer(chunk(2));
  answer({ type: 'done', id: 1 });
  const outcome = await asked;
  assert.ok(typeof outcome === 'object');
  const bytes = new Uint8Array(await new Response(outcome.body).arrayBuffer());
  assert.deepEqual([...bytes], [1, 1, 1, 2, 2, 2]);
  assert.equal(timers.pending, 0);
});

test('no head in time is silence, and the question is dropped', async () => {
  const { line, sent, timers, answer, late } = lineOf();
  const asked = line.ask(question);
  await timers.advance(150);
  assert.equal(await asked, 'silent');
  assert.equal(sent.at(-1)?.type, 'drop');
  assert.equal(late(), 0);
  answer({ type: 'pass', id: 1 });
  assert.equal(late(), 1);
});

test('a head that is late though somebody works on it is no silence', async () => {
  const { line, answer, timers } = lineOf();
  const asked = line.ask(question);
  answer({ type: 'alive', id: 1 });
  await timers.advance(150);
  assert.equal(await asked, 'pass');
});

test('a slow answer is waited for as long as the other end is alive', async () => {
  const { line, answer, timers } = lineOf();
  const asked = line.ask(question);
  answer(head);
  const alive = async () => {
    await timers.advance(4_000);
    answer({ type: 'alive', id: 1 });
  };
  await alive();
  await alive();
  answer(chunk(1));
  const outcome = await asked;
  assert.ok(typeof outcome === 'object');
  await alive();
  await alive();
  answer(chunk(2));
  answer({ type: 'done', id: 1 });
  assert.equal((await new Response(outcome.body).arrayBuffer()).byteLength, 6);
  assert.equal(timers.pending, 0);
});

test('a pass before the first chunk leaves the request to HTTP', async () => {
  const { line, answer } = lineOf();
  const asked = line.ask(question);
  answer(head);
  answer({ type: 'pass', id: 1 });
  assert.equal(await asked, 'pass');
});

test('a pass after the first chunk breaks the answer off', async () => {
  const { line, answer } = lineOf();
  const asked = line.ask(question);
  answer(head);
  answer(chunk(1));
  answer({ type: 'pass', id: 1 });
  const outcome = await asked;
  assert.ok(typeof outcome === 'object');
  await assert.rejects(new Response(outcome.body).arrayBuffer());
});

test('an answer of another version is not welcome', async () => {
  const { line, answer } = lineOf();
  const asked = line.ask({ ...question, accepts: () => false });
  answer(head);
  assert.equal(await asked, 'pass');
});

test('the reader pulls no more than it takes', async () => {
  const { line, answer, pulled } = lineOf();
  const asked = line.ask(question);
  answer(head);
  for (let sent = 0; sent < 16; sent++) answer(chunk(sent));
  const outcome = await asked;
  assert.ok(typeof outcome === 'object');
  assert.equal(pulled(), 16);
  const reader = outcome.body.getReader();
  await reader.read();
  await reader.read();
  assert.equal(pulled(), 18);
});

test('a reader that leaves is told to the other end', async () => {
  const { line, answer, sent } = lineOf();
  const asked = line.ask(question);
  answer(head);
  answer(chunk(1));
  const outcome = await asked;
  assert.ok(typeof outcome === 'object');
  await outcome.body.cancel();
  assert.equal(sent.at(-1)?.type, 'drop');
});

test('a stream that stops in the middle fails after its deadline', async () => {
  const { line, answer, timers } = lineOf();
  const asked = line.ask(question);
  answer(head);
  answer(chunk(1));
  const outcome = await asked;
  assert.ok(typeof outcome === 'object');
  const failing = assert.rejects(new Response(outcome.body).arrayBuffer());
  await timers.advance(5_000);
  await failing;
});
