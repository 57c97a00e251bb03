import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../store/memory.js';
import type { StoredManifest } from '../store/store.js';
import { Limits } from '../wire/limits.js';
import { answerFromStore } from './own-store.js';

const NOW = 1_800_000_000_000;
const RESOURCE = '//site.example/photo.jpg';
const SIZE = Limits.CHUNK + 10;
const manifest: StoredManifest = {
  resource: RESOURCE,
  digest: 'd',
  status: 200,
  headers: [
    ['content-type', 'image/jpeg'],
    ['etag', '"x"'],
    ['content-length', '5'],
  ],
  size: SIZE,
  issuedMs: NOW,
  lifetimeMs: 60_000,
  generation: 2,
};
const wanted = { resource: RESOURCE, range: null, ifRange: null };

async function holder(chunks = 2) {
  const store = new MemoryStore(10 * Limits.CHUNK);
  await store.keepManifest(manifest);
  await store.keepNumber('clock', 5_000);
  const all = [
    { index: 0, isPacked: false, bytes: new Uint8Array(Limits.CHUNK).fill(1) },
    { index: 1, isPacked: false, bytes: new Uint8Array(10).fill(2) },
  ];
  await store.keepChunks('d', SIZE, all.slice(0, chunks), 1);
  return store;
}

test('what is held is answered with the headers of the manifest, and the length that follows from it', async () => {
  const answer = await answerFromStore(await holder(), wanted, NOW);
  assert.ok(answer);
  assert.equal(answer.bytes, SIZE);
  assert.deepEqual(Object.fromEntries(answer.response.headers), {
    'content-type': 'image/jpeg',
    etag: '"x"',
    'content-length': String(SIZE),
  });
  assert.equal((await answer.response.arrayBuffer()).byteLength, SIZE);
});

test('a range is answered with 206 and its bytes alone', async () => {
  const range = `bytes=${Limits.CHUNK - 1}-${Limits.CHUNK}`;
  const answer = await answerFromStore(await holder(), { ...wanted, range }, NOW);
  assert.equal(answer?.response.status, 206);
  assert.equal(answer.response.headers.get('content-range'), `bytes ${Limits.CHUNK - 1}-${Limits.CHUNK}/${SIZE}`);
  assert.deepEqual([...new Uint8Array(await answer.response.arrayBuffer())], [1, 2]);
});

test('a range of what is held is answered though the rest is not held', async () => {
  const store = await holder(1);
  assert.equal(await answerFromStore(store, wanted, NOW), undefined);
  assert.ok(await answerFromStore(store, { ...wanted, range: 'bytes=0-99' }, NOW));
});

test('what the store lists and cannot give is dropped, before there is an answer', async () => {
  const store = await holder();
  store.chunks = async () => [];
  assert.equal(await answerFromStore(store, wanted, NOW), undefined);
  assert.equal(await store.holding('d'), undefined);
});

test('what is packed and cannot be unpacked is dropped, before there is an answer', async () => {
  const store = await holder();
  store.chunks = async () => [{ index: 0, isPacked: true, bytes: Uint8Array.of(1, 2, 3) }];
  assert.equal(await answerFromStore(store, wanted, NOW), undefined);
  assert.equal(await store.holding('d'), undefined);
});

test('a store that cannot be read fails before there is an answer', async () => {
  const store = await holder();
  store.chunks = () => Promise.reject(new Error('closed'));
  await assert.rejects(answerFromStore(store, wanted, NOW), { message: 'closed' });
  assert.ok(await store.holding('d'));
});

test("a manifest that ended, by the server's clock, answers nothing", async () => {
  const store = await holder();
  assert.ok(await answerFromStore(store, wanted, NOW + 84_999));
  assert.equal(await answerFromStore(store, wanted, NOW + 85_000), undefined);
});

test('a manifest from before a purge answers nothing', async () => {
  const store = await holder();
  await store.keepNumber('generation', 3);
  assert.equal(await answerFromStore(store, wanted, NOW), undefined);
});

test('If-Range of another version leaves the request to HTTP', async () => {
  const store = await holder();
  const range = 'bytes=0-1';
  assert.equal(await answerFromStore(store, { ...wanted, range, ifRange: '"y"' }, NOW), undefined);
  assert.ok(await answerFromStore(store, { ...wanted, range, ifRange: '"x"' }, NOW));
});

test('without a word of the server on its clock nothing is answered', async () => {
  const store = new MemoryStore(10 * Limits.CHUNK);
  await store.keepManifest(manifest);
  assert.equal(await answerFromStore(store, wanted, NOW), undefined);
});
