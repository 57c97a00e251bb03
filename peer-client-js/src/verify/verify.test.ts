import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Writer } from '../wire/writer.js';
import { chunkCount, chunkLength, digestOf, hashChunks, isChunk, isChunkList } from './digest.js';
import { type Ed25519Keys, keyId } from './keys.js';
import { checkManifest, type ManifestExpectation, type Rejection } from './manifest-check.js';
import { fromBase64url } from '../wire/base64url.js';

const picture = Uint8Array.from({ length: 150_000 }, (_, index) => (index * index) % 251);

test('a representation is cut into chunks of 65,536 bytes, the last shorter', () => {
  assert.deepEqual([0, 1, 65_536, 65_537].map(chunkCount), [0, 1, 1, 2]);
  assert.equal(chunkLength(65_537, 1), 1);
  assert.equal(chunkLength(65_537, 2), 0);
});

test('each chunk is known by its hash, and no other bytes pass for it', async () => {
  const hashes = await hashChunks(picture);
  const chunk = picture.slice(65_536, 131_072);
  assert.ok(await isChunk(hashes, picture.length, 1, chunk));
  assert.ok(!(await isChunk(hashes, picture.length, 0, chunk)));
  assert.ok(!(await isChunk(hashes, picture.length, 3, chunk)));
  chunk[77] = (chunk[77] ?? 0) ^ 1;
  assert.ok(!(await isChunk(hashes, picture.length, 1, chunk)));
  assert.ok(!(await isChunk(hashes, picture.length, 1, chunk.subarray(1))));
});

test('the digest commits to the size and to the list of hashes', async () => {
  const hashes = await hashChunks(picture);
  const digest = await digestOf(picture.length, hashes);
  assert.ok(await isChunkList(digest, picture.length, hashes));
  assert.ok(!(await isChunkList(digest, picture.length - 1, hashes)));
  assert.ok(!(await isChunkList(digest, picture.length, hashes.subarray(32))));
});

test('digests are those of the golden vectors', async () => {
  const vectors = JSON.parse(readFileSync('../wire-protocol/vectors/digest.json', 'utf8')) as {
    size: number;
    digest: string;
  }[];
  for (const { size, digest } of vectors) {
    const content = Uint8Array.from({ length: size }, (_, index) => index % 251);
    assert.equal(await digestOf(size, await hashChunks(content)), digest, `${size} bytes`);
  }
});

const now = 1_800_000_000_000;

async function signed(change: { site?: string; generation?: number; issued?: number; digest?: Uint8Array } = {}) {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const id = await keyId(raw);
  const hashes = await hashChunks(picture);
  const digest = change.digest ?? fromBase64url(await digestOf(picture.length, hashes));
  const writer = new Writer()
    .array(12)
    .uint(1)
    .str(change.site ?? 'demo')
    .str('//example.com/a.jpg')
    .uint(200);
  writer.array(1).array(2).str('content-type').str('image/jpeg').uint(picture.length).bin(digest).bin(hashes);
  writer
    .uint(change.issued ?? now)
    .uint(60_000)
    .uint(change.generation ?? 5)
    .bin(fromBase64url(id));
  const body = writer.finish();
  const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, body));
  const keys: Ed25519Keys = new Map([[id, pair.publicKey]]);
  return { body, signature, encoded: new Writer().array(2).bin(body).bin(signature).finish(), keys };
}

function expecting(keys: Ed25519Keys): ManifestExpectation {
  return { site: 'demo', keys, nowMs: now, generation: 5, resource: '//example.com/a.jpg' };
}

test('a manifest of this resource, signed by a known key, is believed', async () => {
  const { encoded, keys } = await signed();
  const verdict = await checkManifest(encoded, expecting(keys));
  assert.equal(verdict.type, 'verified');
  assert.ok(verdict.type === 'verified' && verdict.manifest.headers[0]?.[1] === 'image/jpeg');
});

type Case = [string, Rejection, Parameters<typeof signed>[0], Partial<ManifestExpectation>];
const refused: Case[] = [
  ['of an unknown key', 'unknown-key', {}, { keys: new Map() }],
  ['of another site', 'site', { site: 'other' }, {}],
  ['of another resource', 'resource', {}, { resource: '//example.com/b.jpg' }],
  ['from the future', 'not-yet-valid', { issued: now + 31_000 }, {}],
  ['that has expired', 'expired', { issued: now - 91_000 }, {}],
  ['of a generation that was purged', 'generation', { generation: 4 }, {}],
  ['whose digest does not fit its hashes', 'digest', { digest: new Uint8Array(32) }, {}],
];
for (const [name, reason, content, expectation] of refused) {
  test(`a manifest ${name} is refused`, async () => {
    const { encoded, keys } = await signed(content);
    assert.deepEqual(await checkManifest(encoded, { ...expecting(keys), ...expectation }), {
      type: 'rejected',
      reason,
    });
  });
}

test('a manifest with one bit flipped anywhere is refused', async () => {
  const { encoded, keys } = await signed();
  for (let at = 0; at < encoded.length; at += 7) {
    const altered = encoded.slice();
    altered[at] = (altered[at] ?? 0) ^ 1;
    assert.equal((await checkManifest(altered, expecting(keys))).type, 'rejected', `byte ${at}`);
  }
});
