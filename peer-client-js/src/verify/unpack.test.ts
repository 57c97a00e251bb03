import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromBase64url } from '../wire/base64url.js';
import { Limits } from '../wire/limits.js';
import { unpackChunk } from './unpack.js';
import { samples } from './zstd/fake-samples.js';

/** What the reference implementation made of the samples, at levels 3 and 19, without and with a checksum. */
const frames = JSON.parse(readFileSync('src/verify/zstd/frames.json', 'utf8')) as { sample: string; frame: string }[];
const contents = samples();

function packed(index: number): { frame: Uint8Array<ArrayBuffer>; content: Uint8Array<ArrayBuffer> } {
  const { sample, frame } = frames[index] ?? assert.fail('no such frame');
  return { frame: fromBase64url(frame), content: contents[sample] ?? assert.fail(`no sample ${sample}`) };
}

/** A frame of one raw block, single segment, with its content size. */
function rawFrame(content: Uint8Array, claimed = content.length): Uint8Array {
  const header = new DataView(new ArrayBuffer(12));
  header.setUint32(0, 0x28b52ffd);
  header.setUint8(4, 0xa0);
  header.setUint32(5, claimed, true);
  const block = (content.length << 3) | 1;
  header.setUint8(9, block & 0xff);
  header.setUint8(10, (block >> 8) & 0xff);
  header.setUint8(11, block >> 16);
  return new Uint8Array([...new Uint8Array(header.buffer), ...content]);
}

test('what the reference implementation packed is unpacked byte for byte', () => {
  frames.forEach(({ sample }, index) => {
    const { frame, content } = packed(index);
    assert.deepEqual(unpackChunk(frame, content.length), content, sample);
  });
});

test('a frame that is not exactly one chunk is refused', () => {
  const content = new Uint8Array(100).fill(7);
  const frame = rawFrame(content);
  assert.deepEqual(unpackChunk(frame, 100), content);
  assert.equal(unpackChunk(frame, 101), undefined);
  assert.equal(unpackChunk(rawFrame(content, Limits.CHUNK), 100), undefined);
  assert.equal(unpackChunk(rawFrame(content, Limits.CHUNK), Limits.CHUNK), undefined);
  assert.equal(unpackChunk(new Uint8Array([...frame, 0]), 100), undefined);
  assert.equal(unpackChunk(new Uint8Array([...frame, ...frame]), 100), undefined);
  assert.equal(unpackChunk(new Uint8Array(0), 0), undefined);
});

test('a frame that ends too early is refused, wherever it ends', () => {
  frames.forEach((_, index) => {
    const { frame, content } = packed(index);
    for (let length = 0; length < frame.length; length += 1 + (frame.length >> 6)) {
      assert.equal(unpackChunk(frame.subarray(0, length), content.length), undefined);
    }
  });
});

test('a damaged frame gives some chunk or none, and nothing worse', () => {
  const damage = fc.tuple(
    fc.nat(frames.length - 1),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
  );
  fc.assert(
    fc.property(damage, ([index, changes]) => {
      const { frame, content } = packed(index);
      for (const [where, value] of changes) frame[where % frame.length] = value;
      const chunk = unpackChunk(frame, content.length);
      assert.ok(chunk === undefined || chunk.length === content.length);
    }),
    { numRuns: 500 },
  );
});

test('a short frame that announces endless matches is refused', () => {
  // One sequence after another of the longest match, without one bit to spend on them: all tables know one symbol only.
  const block = [0x00, 0xff, 0xff, 0xff, 0x54, 0x00, 0x00, 0x34, 0x01];
  const header = (block.length << 3) | (2 << 1) | 1;
  const frame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 1, 0, header, 0, 0, ...block);
  assert.equal(unpackChunk(frame, Limits.CHUNK), undefined);
});
