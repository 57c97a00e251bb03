import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../store/memory.js';
import type { StoredManifest } from '../store/store.js';
import { FakeTimers } from '../time/fake-timers.js';
import { digestOf, hashChunks } from '../verify/digest.js';
import { Limits } from '../wire/limits.js';
import type { Catalogue } from './catalogue.js';
import { Harvest } from './harvest.js';

const PICTURE = 'https://site.example/a.jpg';
const bytes = new Uint8Array(Limits.CHUNK + 9).fill(3);

async function visitor(
  options: { cached?: Uint8Array<ArrayBuffer>; isMissing?: boolean; isSigned?: () => boolean } = {},
) {
  const timers = new FakeTimers();
  const store = new MemoryStore(100 * Limits.CHUNK);
  const hashes = await hashChunks(bytes);
  const digest = await digestOf(bytes.byteLength, hashes);
  const manifest: StoredManifest = {
    resource: '//site.example/a.jpg',
    digest,
    status: 200,
    headers: [],
    size: bytes.byteLength,
    issuedMs: 0,
    lifetimeMs: 1,
    generation: 0,
  };
  const isSigned = options.isSigned ?? (() => true);
  const catalogue: Pick<Catalogue, 'prepare' | 'known' | 'hashes' | 'keep'> = {
    prepare: async () => undefined,
    known: async () => (isSigned() ? manifest : undefined),
    hashes: async () => hashes,
    keep: async () => true,
  };
  const fetches: (RequestInit & { url: string })[] = [];
  const held: string[] = [];
  const harvest = new Harvest({
    store,
    catalogue: catalogue as Catalogue,
    timers,
    policy: () => ({ eligible: [], never: ['/account/*'] }),
    fetch: async (url, init) => {
      fetches.push({ url: url.pathname, ...init });
      if (options.isMissing === true) throw new TypeError('Failed to fetch');
      return new Response(options.cached ?? bytes);
    },
    clockMs: () => 0,
    onHeld: (found) => held.push(found),
    onLost: () => undefined,
    onWaiting: () => undefined,
  });
  return { harvest, timers, fetches, held, digest, store };
}

test('what HTTP delivered is read back from the HTTP cache alone, stored and told', async () => {
  const { harvest, timers, fetches, held, digest } = await visitor();
  harvest.add([PICTURE]);
  await timers.advance(100);
  assert.deepEqual(held, [digest]);
  assert.deepEqual(fetches, [{ url: '/a.jpg', cache: 'only-if-cached', mode: 'same-origin' }]);
});

test('what no manifest covers is not even looked at', async () => {
  const { harvest, timers, fetches, store } = await visitor({ isSigned: () => false });
  harvest.add([PICTURE]);
  await timers.advance(60_000);
  assert.deepEqual(fetches, []);
  assert.deepEqual(await store.holdings(), []);
  assert.equal(timers.pending, 0);
});

test('what the policy excludes is not asked about', async () => {
  const { harvest, timers, fetches } = await visitor();
  harvest.add(['https://site.example/account/me.jpg']);
  await timers.advance(60_000);
  assert.deepEqual(fetches, []);
});

test('a manifest that comes later is waited for', async () => {
  let isSigned = false;
  const { harvest, timers, held } = await visitor({ isSigned: () => isSigned });
  harvest.add([PICTURE]);
  await timers.advance(100);
  isSigned = true;
  await timers.advance(2_000);
  assert.equal(held.length, 1);
});

test('what was loaded just now does not wait for a late try of something else', async () => {
  let isSigned = false;
  const { harvest, timers, held } = await visitor({ isSigned: () => isSigned });
  harvest.add([`${PICTURE}?unsigned`]);
  await timers.advance(3_000);
  isSigned = true;
  harvest.add([PICTURE]);
  await timers.advance(100);
  assert.equal(held.length, 1);
});

test('what is not in the store yet is left for the next page', async () => {
  const { harvest, timers } = await visitor({ isSigned: () => false });
  harvest.add([PICTURE]);
  await timers.advance(1_000);
  assert.deepEqual(harvest.waiting, [PICTURE]);
  await timers.advance(60_000);
  assert.deepEqual(harvest.waiting, []);
});

test('a cached version that is not the signed one is not stored', async () => {
  const { harvest, timers, held, store } = await visitor({ cached: new Uint8Array(bytes.byteLength) });
  harvest.add([PICTURE]);
  await timers.advance(60_000);
  assert.deepEqual(held, []);
  assert.deepEqual(await store.holdings(), []);
});

test('after one miss the HTTP cache is left alone', async () => {
  const { harvest, timers, fetches } = await visitor({ isMissing: true });
  harvest.add([PICTURE, `${PICTURE}?2`]);
  await timers.advance(60_000);
  harvest.add([`${PICTURE}?3`]);
  await timers.advance(60_000);
  assert.equal(fetches.length, 1);
});
