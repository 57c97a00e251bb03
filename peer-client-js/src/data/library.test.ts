import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Piece } from '../exchange/types.js';
import type { PeerSources } from '../fetch/download.js';
import { MemoryStore } from '../store/memory.js';
import type { StoredManifest } from '../store/store.js';
import { FakeTimers } from '../time/fake-timers.js';
import { digestOf, hashChunks } from '../verify/digest.js';
import { Limits } from '../wire/limits.js';
import { Accounts } from './accounts.js';
import type { Catalogue } from './catalogue.js';
import { Library } from './library.js';

const bytes = new Uint8Array(Limits.CHUNK + 100).fill(5);
const URL_OF_IT = new URL('https://site.example/a.jpg');

async function library(
  providers: readonly string[] = ['n-A'],
  http: () => Response | Promise<Response> = () => new Response(bytes),
  later?: Promise<readonly string[]>,
) {
  const timers = new FakeTimers();
  const store = new MemoryStore(100 * Limits.CHUNK);
  const hashes = await hashChunks(bytes);
  const digest = await digestOf(bytes.byteLength, hashes);
  const manifest: StoredManifest = {
    resource: '//site.example/a.jpg',
    digest,
    status: 200,
    headers: [['etag', '"x"']],
    size: bytes.byteLength,
    issuedMs: 0,
    lifetimeMs: 1,
    generation: 0,
  };
  const catalogue: Pick<Catalogue, 'find' | 'hashes' | 'keep'> = {
    find: async () => ({ manifest, providers, ...(later && { later }) }),
    hashes: async () => hashes,
    keep: async (kept) => store.keepManifest(kept),
  };
  const peers: PeerSources = {
    dial: async () => undefined,
    isOpen: () => true,
    openPeers: () => [],
    async *ask(_peer, _digest, { first, count }): AsyncIterable<Piece> {
      for (let index = first; index < first + count; index++) {
        yield { bytes: bytes.slice(index * Limits.CHUNK, (index + 1) * Limits.CHUNK), isPacked: false };
      }
    },
    ban: () => undefined,
  };
  const accounts = new Accounts(store, timers, '/page');
  const held: string[] = [];
  const opening = new Library({
    store,
    catalogue: catalogue as Catalogue,
    accounts,
    peers,
    timers,
    policy: () => ({ eligible: [], never: ['/account/*'], hedgeMs: 150 }),
    fetch: async () => http(),
    clockMs: () => 0,
    chunkList: () => Promise.reject(new Error('not needed')),
    onHeld: (found) => held.push(found),
    onLost: () => undefined,
  });
  const readAll = async () => {
    const opened = await opening.open(URL_OF_IT, 0, new AbortController().signal);
    assert.ok(opened);
    let length = 0;
    const range = { first: 0, last: bytes.byteLength - 1 };
    for await (const part of opened.read(range, new AbortController().signal)) length += part.byteLength;
    return length;
  };
  return { opening, readAll, accounts, held, timers, store, digest };
}

test('bytes of peers are counted as theirs, and later as those of the own store', async () => {
  const { readAll, accounts, timers, held, digest } = await library();
  assert.equal(await readAll(), bytes.byteLength);
  await timers.advance(100);
  assert.deepEqual(held, [digest]);
  assert.equal(accounts.here.peers, bytes.byteLength);
  assert.equal(accounts.here.requestsPeers, 1);
  assert.equal(await readAll(), bytes.byteLength);
  assert.equal(accounts.here.ownStore, bytes.byteLength);
  assert.equal(accounts.here.requestsOwnStore, 1);
  assert.equal(accounts.here.peers, bytes.byteLength);
});

test('bytes over HTTP are counted as those of the origin', async () => {
  const { readAll, accounts, store } = await library([]);
  assert.equal(await readAll(), bytes.byteLength);
  assert.equal(accounts.here.origin, bytes.byteLength);
  assert.equal(accounts.here.requestsOrigin, 1);
  await accounts.write();
  assert.equal((await store.counts()).get('/page')?.origin, bytes.byteLength);
});

test('what the policy excludes is not opened', async () => {
  const { opening } = await library();
  const url = new URL('https://site.example/account/a.jpg');
  assert.equal(await opening.open(url, 0, new AbortController().signal), undefined);
});

test('an origin that has another version by now ends the reading with no byte of it', async () => {
  const { readAll } = await library([], () => new Response(new Uint8Array(bytes.byteLength)));
  await assert.rejects(readAll(), { code: 'changed' });
});

test('a provider that is learned of later is asked, too', async () => {
  const { readAll, accounts, timers } = await library([], () => new Promise(() => undefined), Promise.resolve(['n-A']));
  const reading = readAll();
  await timers.advance(1_000);
  assert.equal(await reading, bytes.byteLength);
  assert.equal(accounts.here.peers, bytes.byteLength);
});
