import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../store/memory.js';
import { FakeTimers } from '../time/fake-timers.js';
import { digestOf, hashChunks } from '../verify/digest.js';
import { keyId } from '../verify/keys.js';
import { fromBase64url } from '../wire/base64url.js';
import { Writer } from '../wire/writer.js';
import { Catalogue } from './catalogue.js';

const NOW = 1_800_000_000_000;
const A = '//example.com/a.jpg';
const B = '//example.com/b.jpg';

/** A catalogue, and what signs for its site. */
async function site() {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const id = await keyId(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
  const catalogue = new Catalogue({
    store: new MemoryStore(1 << 20),
    timers: new FakeTimers(),
    site: () => 'demo',
    keys: () => Promise.resolve(new Map([[id, pair.publicKey]])),
    clockMs: () => NOW,
    locate: () => Promise.reject(new Error('nobody is asked here')),
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
  return { catalogue, sign };
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
