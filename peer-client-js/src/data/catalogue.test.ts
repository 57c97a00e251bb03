import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../store/memory.js';
import { deferred } from '../time/deferred.js';
import { FakeTimers } from '../time/fake-timers.js';
import { digestOf, hashChunks } from '../verify/digest.js';
import { keyId } from '../verify/keys.js';
import { fromBase64url } from '../wire/base64url.js';
import { Limits } from '../wire/limits.js';
import { encodeClientMessage } from '../wire/signalling.js';
import { Writer } from '../wire/writer.js';
import { Catalogue, type CatalogueOptions } from './catalogue.js';

const NOW = 1_800_000_000_000;
const A = '//example.com/a.jpg';
const B = '//example.com/b.jpg';

/** A catalogue, and what signs for its site. */
async function site(locate: CatalogueOptions['locate'] = () => Promise.reject(new Error('nobody is asked here'))) {
  const timers = new FakeTimers();
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const id = await keyId(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
  const catalogue = new Catalogue({
    store: new MemoryStore(1 << 20),
    timers,
    site: () => 'demo',
    keys: () => Promise.resolve(new Map([[id, pair.publicKey]])),
    clockMs: () => NOW,
    locate,
  });
  const sign = async (resource: string, generation: number) => {
    const hashes = await hashChunks(Uint8Array.of(1));
    const digest = fromBase64url(await digestOf(1, hashes));
    const writer = new Writer().array(12).uint(1).str('demo').str(resource).uint(200).array(0).uint(1);
    writer.bin(digest).bin(hashes).uint(NOW).uint(60_000).uint(generation).bin(fromBase64url(id));
    const body = writer.finish();
    const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, body));
    return new Writer().array(2).bin(body).bin(signature).finish();
  };
  return { catalogue, sign, timers };
}

test('a manifest of the generation seen, or a later one, is taken', async () => {
  const { catalogue, sign } = await site();
  await catalogue.learn([await sign(A, 3)], []);
  await catalogue.learn([await sign(B, 3)], []);
  assert.equal((await catalogue.known(A))?.generation, 3);
  assert.equal((await catalogue.known(B))?.generation, 3);
});

test('a manifest of a lower generation than one seen is refused, whichever resource the other was of', async () => {
  const { catalogue, sign } = await site();
  await catalogue.learn([await sign(A, 4)], []);
  await catalogue.learn([await sign(B, 3)], []);
  assert.equal(await catalogue.known(B), undefined);
});

test('what was known counts no more once a later generation was seen', async () => {
  const { catalogue, sign } = await site();
  await catalogue.learn([await sign(A, 3)], []);
  await catalogue.learn([await sign(B, 4)], []);
  assert.equal(await catalogue.known(A), undefined);
  await catalogue.learn([await sign(A, 4)], []);
  assert.equal((await catalogue.known(A))?.generation, 4);
});

const never = new AbortController().signal;

test('a question that failed is not repeated at once', async () => {
  let asked = 0;
  const { catalogue, timers } = await site(() => {
    asked += 1;
    return Promise.reject(new Error('offline'));
  });
  const first = assert.rejects(catalogue.find(A, never));
  await timers.advance(10);
  await first;
  assert.equal(await catalogue.find(A, never), undefined);
  assert.equal(asked, 1);
  await timers.advance(2_000);
  const again = assert.rejects(catalogue.find(A, never));
  await timers.advance(10);
  await again;
  assert.equal(asked, 2);
});

test('what is known is found without the signalling server, and who holds it is learned later', async () => {
  const answer = deferred<Awaited<ReturnType<CatalogueOptions['locate']>>>();
  const { catalogue, sign, timers } = await site(() => answer.promise);
  await catalogue.learn([await sign(A, 1)], []);
  const finding = catalogue.find(A, never);
  await timers.advance(150);
  const found = await finding;
  assert.deepEqual(found?.providers, []);
  answer.resolve({ manifests: [], providers: [{ digest: found.manifest.digest, peers: ['n-A'] }] });
  assert.deepEqual(await found.later, ['n-A']);
});

test('what is known waits for a question that is answered soon', async () => {
  const { catalogue, sign, timers } = await site(() => answer());
  await catalogue.learn([await sign(A, 1)], []);
  const digest = (await catalogue.known(A))?.digest ?? '';
  const answer = async () => ({ manifests: [], providers: [{ digest, peers: ['n-A'] }] });
  const finding = catalogue.find(A, never);
  await timers.advance(10);
  assert.deepEqual((await finding)?.providers, ['n-A']);
});

test('no question is larger than a message may be', async () => {
  const sizes: number[] = [];
  const { catalogue, timers } = await site(async ({ resources = [] }) => {
    const message = { type: 'locate', request: 2 ** 32, resources, digests: [], apps: [] } as const;
    sizes.push(encodeClientMessage(message).length);
    return { manifests: [], providers: [] };
  });
  const asked = catalogue.prepare(Array.from({ length: 64 }, (_, at) => `${A}?${at}`.padEnd(Limits.RESOURCE, 'x')));
  await timers.advance(10);
  await asked;
  assert.equal(sizes.length, 3);
});
