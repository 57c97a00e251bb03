import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Piece } from '../exchange/types.js';
import { MemoryStore } from '../store/memory.js';
import { FakeTimers, settle } from '../time/fake-timers.js';
import { Limits } from '../wire/limits.js';
import { Download, type DownloadOptions, type PeerSources } from './download.js';
import { SourceError } from './piece.js';
import type { Source } from './plan.js';
import type { Run } from './range.js';

const A = 'n-A';
const B = 'n-B';

/** When each chunk of a source comes, and whether it is true; `startMs` after it was asked. */
interface Script {
  readonly startMs: number;
  readonly chunkMs: number;
  readonly lies?: boolean;
  readonly lacks?: boolean;
  readonly stallsAfter?: number;
}

function crowd(chunks: number, scripts: Record<string, Script>, open: readonly string[] = Object.keys(scripts)) {
  const timers = new FakeTimers();
  const store = new MemoryStore(Limits.CHUNK * 1000);
  const bytesFrom = new Map<Source, number>();
  const banned: string[] = [];
  const dropped: string[] = [];

  const wait = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const cancel = timers.schedule(resolve, ms);
      signal.addEventListener('abort', () => {
        cancel();
        reject(signal.reason as Error);
      });
    });
  async function* play(source: string, run: Run, signal: AbortSignal): AsyncIterable<Piece> {
    const script = scripts[source];
    assert.ok(script);
    signal.addEventListener('abort', () => dropped.push(source));
    await wait(script.startMs, signal);
    if (script.lacks === true) throw new SourceError('lacks', '504');
    for (let at = 0; at < run.count; at++) {
      if (at === script.stallsAfter) await wait(1e9, signal);
      await wait(script.chunkMs, signal);
      yield { bytes: new Uint8Array(10).fill(script.lies === true ? 255 : run.first + at), isPacked: false };
    }
  }
  const peers: PeerSources = {
    dial: (_peer, signal) => wait(10, signal),
    isOpen: (peer) => open.includes(peer),
    openPeers: () => [],
    ask: (peer, _digest, run, _size, signal) => play(peer, run, signal),
    ban: (peer) => banned.push(peer),
  };
  const options: DownloadOptions = {
    digest: 'd',
    size: chunks * Limits.CHUNK,
    peers,
    http: (run, signal) => play('http', run, signal),
    store,
    timers,
    hedgeMs: 150,
    fastEnough: 0.001,
    check: async (index, piece) => (piece.bytes[0] === index ? piece.bytes : undefined),
    onBytes: (source, bytes) => bytesFrom.set(source, (bytesFrom.get(source) ?? 0) + bytes),
    onKept: () => undefined,
    clockMs: () => 0,
  };
  const download = new Download(
    options,
    undefined,
    Object.keys(scripts).filter((name) => name !== 'http'),
  );
  return { timers, store, bytesFrom, banned, dropped, download, options };
}

async function readAll(download: Download, chunks: number, into: number[]): Promise<void> {
  const range = { first: 0, last: chunks * Limits.CHUNK - 1 };
  for await (const bytes of download.read(range, new AbortController().signal, 0)) into.push(bytes[0] ?? -1);
}

test('upstream starts at 80 ms after the hedge, the peer wins at 155 ms, upstream is dropped', async () => {
  const it = crowd(2, { [A]: { startMs: 153, chunkMs: 1 }, http: { startMs: 80, chunkMs: 1 } });
  const got: number[] = [];
  const done = readAll(it.download, 2, got);
  await it.timers.advance(160);
  await done;
  assert.deepEqual(got, [0, 1]);
  assert.deepEqual(it.dropped, ['http']);
  assert.equal(it.bytesFrom.get('http'), undefined);
  assert.equal(it.timers.pending, 0);
});

test('a liar is banned and its chunk comes from elsewhere', async () => {
  const it = crowd(2, { [A]: { startMs: 1, chunkMs: 1, lies: true }, [B]: { startMs: 5, chunkMs: 5 } });
  const got: number[] = [];
  const done = readAll(it.download, 2, got);
  await it.timers.advance(100);
  await done;
  assert.deepEqual(got, [0, 1]);
  assert.deepEqual(it.banned, [A]);
});

test('a peer that does not hold it is not banned, and HTTP answers without waiting for the hedge', async () => {
  const it = crowd(1, { [A]: { startMs: 3, chunkMs: 1, lacks: true }, http: { startMs: 5, chunkMs: 1 } });
  const got: number[] = [];
  const done = readAll(it.download, 1, got);
  await it.timers.advance(10);
  await done;
  assert.deepEqual(got, [0]);
  assert.deepEqual(it.banned, []);
});

test('a provider is dialled first', async () => {
  const it = crowd(3, { [A]: { startMs: 1, chunkMs: 1 } }, []);
  const got: number[] = [];
  const done = readAll(it.download, 3, got);
  await it.timers.advance(20);
  await done;
  assert.deepEqual(got, [0, 1, 2]);
});

test('a representation that changed at the origin fails and mixes nothing', async () => {
  const it = crowd(2, { http: { startMs: 1, chunkMs: 1, lies: true } });
  const got: number[] = [];
  const done = assert.rejects(readAll(it.download, 2, got), { code: 'changed' });
  await it.timers.advance(10);
  await done;
  assert.deepEqual(got, []);
  assert.ok(it.download.isOver);
});

test('when the last reader leaves, everybody is told to stop', async () => {
  const it = crowd(2, { [A]: { startMs: 100, chunkMs: 100 } });
  const controller = new AbortController();
  const reading = it.download.read({ first: 0, last: 1 }, controller.signal, 0).next();
  const done = assert.rejects(reading, { message: 'left' });
  await it.timers.advance(10);
  controller.abort(new Error('left'));
  await done;
  await settle();
  assert.deepEqual(it.dropped, [A]);
  assert.equal(it.timers.pending, 0);
});

test('two readers share what is fetched once', async () => {
  const it = crowd(20, { [A]: { startMs: 5, chunkMs: 2 } });
  const one: number[] = [];
  const two: number[] = [];
  const done = Promise.all([readAll(it.download, 20, one), readAll(it.download, 20, two)]);
  await it.timers.advance(200);
  await done;
  assert.equal(one.length, 20);
  assert.deepEqual(one, two);
  assert.equal(it.bytesFrom.get(A), 200);
});

test('what was fetched is in the store', async () => {
  const it = crowd(3, { [A]: { startMs: 1, chunkMs: 1 } });
  const done = readAll(it.download, 3, []);
  await it.timers.advance(20);
  await done;
  await settle();
  assert.equal((await it.store.chunks('d', 0, 3)).length, 3);
});

test('chunks beyond the window of a reader that pauses are not asked for', async () => {
  const it = crowd(200, { [A]: { startMs: 1, chunkMs: 0 } });
  const reader = it.download.read({ first: 0, last: 200 * Limits.CHUNK - 1 }, new AbortController().signal, 0);
  const first = reader.next();
  await it.timers.advance(1000);
  await first;
  assert.equal(it.bytesFrom.get(A), 640);
  await reader.return(undefined);
});

test('what is stored is not kept in memory for a reader that is far behind', async () => {
  const it = crowd(60, { [A]: { startMs: 1, chunkMs: 1 } });
  const slow = it.download.read({ first: 0, last: 60 * Limits.CHUNK - 1 }, new AbortController().signal, 0);
  const first = slow.next();
  const got: number[] = [];
  const done = readAll(it.download, 60, got);
  await it.timers.advance(5_000);
  await done;
  await first;
  let fromStore = 0;
  const chunks = it.store.chunks.bind(it.store);
  it.store.chunks = async (...which) => {
    const found = await chunks(...which);
    fromStore += found.length;
    return found;
  };
  const rest: number[] = [];
  for await (const bytes of slow) rest.push(bytes[0] ?? -1);
  assert.equal(rest.length, 59);
  assert.ok(fromStore >= 40, `${fromStore} chunks`);
  assert.equal(it.timers.pending, 0);
});
