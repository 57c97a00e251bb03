import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredManifest } from '../store/store.js';
import { Limits } from '../wire/limits.js';
import { httpSource } from './http.js';

const SIZE = 2 * Limits.CHUNK + 7;
const URL_OF_IT = new URL('https://site.example/a.jpg');
const bytes = Uint8Array.from({ length: SIZE }, (_, at) => at % 251);

function manifest(headers: [string, string][]): StoredManifest {
  return {
    resource: '//site.example/a.jpg',
    digest: 'D'.repeat(43),
    status: 200,
    headers,
    size: SIZE,
    issuedMs: 0,
    lifetimeMs: 1,
    generation: 0,
  };
}
const picture = manifest([
  ['content-type', 'image/jpeg'],
  ['etag', '"x"'],
]);

interface Asked {
  readonly path: string;
  readonly headers: Headers;
}

async function fetched(of: StoredManifest, run: { first: number; count: number }, response: () => Response) {
  const asked: Asked[] = [];
  const source = httpSource({
    manifest: of,
    url: URL_OF_IT,
    fetch: async (url, init) => {
      asked.push({ path: url.pathname, headers: new Headers(init.headers) });
      return response();
    },
  });
  const pieces: [number, boolean][] = [];
  const run1 = (async () => {
    for await (const piece of source(run, new AbortController().signal)) {
      pieces.push([piece.bytes.byteLength, piece.isPacked]);
    }
  })();
  return { asked, pieces, done: run1 };
}

test('a whole picture is asked for as the page would, and cut into chunks', async () => {
  const { asked, pieces, done } = await fetched(picture, { first: 0, count: 3 }, () => new Response(bytes));
  await done;
  assert.equal(asked[0]?.headers.get('range'), null);
  assert.deepEqual(pieces, [
    [Limits.CHUNK, false],
    [Limits.CHUNK, false],
    [7, false],
  ]);
});

test('missing chunks are asked for with Range and If-Range', async () => {
  const part = () =>
    new Response(bytes.subarray(Limits.CHUNK), {
      status: 206,
      headers: { 'content-range': `bytes ${Limits.CHUNK}-${SIZE - 1}/${SIZE}` },
    });
  const { asked, pieces, done } = await fetched(picture, { first: 1, count: 2 }, part);
  await done;
  assert.equal(asked[0]?.headers.get('range'), `bytes=${Limits.CHUNK}-${SIZE - 1}`);
  assert.equal(asked[0]?.headers.get('if-range'), '"x"');
  assert.equal(pieces.length, 2);
});

test('a whole answer to a range means that the picture is another one by now', async () => {
  const { done } = await fetched(picture, { first: 1, count: 2 }, () => new Response(bytes));
  await assert.rejects(done, { code: 'changed' });
});

test('an answer for other bytes than asked is a failure', async () => {
  const other = () =>
    new Response(bytes.subarray(0, 5), { status: 206, headers: { 'content-range': `bytes 0-4/${SIZE}` } });
  const { done } = await fetched(picture, { first: 1, count: 2 }, other);
  await assert.rejects(done, { code: 'failed' });
});

test('more bytes than the manifest says are refused', async () => {
  const longer = new Uint8Array(SIZE + Limits.CHUNK);
  const { done } = await fetched(picture, { first: 0, count: 2 }, () => new Response(longer));
  await assert.rejects(done, { code: 'changed' });
});

function frames(...parts: [type: number, length: number][]): Uint8Array<ArrayBuffer> {
  const all: number[] = [];
  for (const [type, length] of parts) {
    all.push(type, 0);
    let left = length;
    for (; left >= 0x80; left = Math.floor(left / 128)) all.push((left % 128) | 0x80);
    all.push(left);
    for (let at = 0; at < length; at++) all.push(1);
  }
  return Uint8Array.from(all);
}

test('text travels as frames, packed chunks as they are', async () => {
  const text = manifest([['content-type', 'text/css']]);
  const all = frames([4, 90], [3, Limits.CHUNK], [4, 5], [5, 0]);
  const { asked, pieces, done } = await fetched(text, { first: 0, count: 3 }, () => new Response(all));
  await done;
  assert.equal(asked[0]?.path, `/.gyre/c/${'D'.repeat(43)}`);
  assert.deepEqual(pieces, [
    [90, true],
    [Limits.CHUNK, false],
    [5, true],
  ]);
});

test('frames may be cut anywhere on their way', async () => {
  const text = manifest([['content-type', 'text/css']]);
  const all = frames([4, 90], [3, 300], [5, 0]);
  const dripping = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of all) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const { pieces, done } = await fetched(text, { first: 0, count: 3 }, () => new Response(dripping));
  await done;
  assert.deepEqual(pieces, [
    [90, true],
    [300, false],
  ]);
});

const bad: [string, Uint8Array<ArrayBuffer>][] = [
  ['end without an end frame', frames([3, 10])],
  ['are past their limit', Uint8Array.from([3, 0, 0xff, 0xff, 0x7f])],
  ['are cut short', frames([3, 10]).subarray(0, 5).slice()],
];
for (const [what, body] of bad) {
  test(`frames that ${what} are a failure`, async () => {
    const text = manifest([['content-type', 'text/css']]);
    const { done } = await fetched(text, { first: 0, count: 3 }, () => new Response(body));
    await assert.rejects(done);
  });
}

test('without a validator missing chunks are asked for by their digest', async () => {
  const bare = manifest([['content-type', 'image/jpeg']]);
  const all = frames([3, Limits.CHUNK], [5, 0]);
  const { asked, done } = await fetched(bare, { first: 1, count: 1 }, () => new Response(all, { status: 206 }));
  await done;
  assert.equal(asked[0]?.path, `/.gyre/c/${'D'.repeat(43)}`);
  assert.equal(asked[0]?.headers.get('range'), `bytes=${Limits.CHUNK}-${2 * Limits.CHUNK - 1}`);
});
