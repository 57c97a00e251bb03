import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataToReader, ReaderToData } from '../port/messages.js';
import type { StoredManifest } from '../store/store.js';
import { FakeTimers, settle } from '../time/fake-timers.js';
import { deferred } from '../time/deferred.js';
import type { Opened } from './library.js';
import { serveReader } from './readers.js';

const manifest: StoredManifest = {
  resource: '//site.example/a',
  digest: 'd',
  status: 200,
  headers: [['etag', '"x"']],
  size: 6,
  issuedMs: 0,
  lifetimeMs: 1,
  generation: 0,
};

function reader(opened: () => Promise<Opened | undefined>) {
  const timers = new FakeTimers();
  const heard: DataToReader[] = [];
  const said: DataToReader[] = [];
  const answered: unknown[] = [];
  const port: Pick<MessagePort, 'postMessage' | 'onmessage'> = {
    postMessage: (message: DataToReader) => (message.type === 'alive' ? heard : said).push(message),
    onmessage: null,
  };
  serveReader(port as MessagePort, {
    timers,
    open: opened,
    onAnswered: (...all) => answered.push(all),
    onStreamed: (url) => answered.push(url),
  });
  const say = async (data: ReaderToData) => {
    port.onmessage?.call(port as MessagePort, { data } as MessageEvent<ReaderToData>);
    await settle();
  };
  return { said, say, answered, heard, timers };
}

const sixBytes = async (): Promise<Opened> => ({
  manifest,
  async *read({ first, last }, signal) {
    for (let at = first; at <= last; at++) {
      signal.throwIfAborted();
      yield Uint8Array.of(at);
    }
  },
});
const ask = (range: string | null): ReaderToData => ({
  type: 'ask',
  id: 1,
  url: 'https://site.example/a',
  range,
  waitedMs: 0,
});

test('chunks are sent as far as the reader has room', async () => {
  const { said, say, answered } = reader(sixBytes);
  await say(ask(null));
  await say({ type: 'pull', id: 1, chunks: 2 });
  const chunks = () => said.filter((message) => message.type === 'chunk').length;
  assert.ok(chunks() <= 3);
  await say({ type: 'pull', id: 1, chunks: 10 });
  assert.equal(chunks(), 6);
  assert.equal(said.at(-1)?.type, 'done');
  assert.deepEqual(answered, ['https://site.example/a']);
});

test('a range is answered with its bytes', async () => {
  const { said, say } = reader(sixBytes);
  await say(ask('bytes=4-'));
  await say({ type: 'pull', id: 1, chunks: 10 });
  const [head] = said;
  assert.ok(head?.type === 'head');
  assert.equal(head.status, 206);
  assert.deepEqual(Object.fromEntries(head.headers), {
    etag: '"x"',
    'content-range': 'bytes 4-5/6',
    'content-length': '2',
  });
});

const passed: [string, () => Promise<Opened | undefined>, string | null][] = [
  ['what nobody can open', async () => undefined, null],
  ['what fails to open', () => Promise.reject(new Error('no')), null],
  ['a range beyond the end', sixBytes, 'bytes=6-'],
  ['several ranges', sixBytes, 'bytes=0-1,3-4'],
];
for (const [what, opened, range] of passed) {
  test(`${what} is passed`, async () => {
    const { said, say } = reader(opened);
    await say(ask(range));
    assert.deepEqual(said, [{ type: 'pass', id: 1 }]);
  });
}

test('a reader that waits hears that somebody works on its answer, until that ends', async () => {
  const opening = deferred<Opened | undefined>();
  const { say, heard, timers } = reader(() => opening.promise);
  await say(ask(null));
  assert.deepEqual(heard, [{ type: 'alive', id: 1 }]);
  await timers.advance(4_000);
  assert.equal(heard.length, 3);
  opening.resolve(undefined);
  await timers.advance(4_000);
  assert.equal(heard.length, 3);
  assert.equal(timers.pending, 0);
});

test('a reader that left is sent nothing more', async () => {
  const { said, say } = reader(sixBytes);
  await say(ask(null));
  await say({ type: 'drop', id: 1 });
  const before = said.filter((message) => message.type === 'chunk').length;
  await say({ type: 'pull', id: 1, chunks: 10 });
  assert.equal(said.filter((message) => message.type === 'chunk').length, before);
});

test('a reader that makes no room for a minute is ended', async () => {
  const { said, say, timers } = reader(sixBytes);
  await say(ask(null));
  await say({ type: 'pull', id: 1, chunks: 2 });
  await timers.advance(59_000);
  assert.equal(said.filter((message) => message.type === 'pass').length, 0);
  await timers.advance(1_000);
  assert.equal(said.at(-1)?.type, 'pass');
  assert.equal(timers.pending, 0);
});
