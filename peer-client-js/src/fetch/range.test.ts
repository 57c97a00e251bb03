import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Limits } from '../wire/limits.js';
import { bytesOf, chunksOf, cut, selectRange } from './range.js';

const cases: [string | null, unknown][] = [
  [null, { kind: 'whole' }],
  ['bytes=0-', { kind: 'part', range: { first: 0, last: 99 } }],
  ['bytes=10-19', { kind: 'part', range: { first: 10, last: 19 } }],
  ['bytes=90-400', { kind: 'part', range: { first: 90, last: 99 } }],
  ['bytes=-5', { kind: 'part', range: { first: 95, last: 99 } }],
  ['bytes=-500', { kind: 'part', range: { first: 0, last: 99 } }],
  ['bytes=-0', { kind: 'unsatisfiable' }],
  ['bytes=100-', { kind: 'unsatisfiable' }],
  ['bytes=5-4', { kind: 'whole' }],
  ['bytes=0-1,5-6', { kind: 'whole' }],
  ['items=0-1', { kind: 'whole' }],
  ['bytes=-', { kind: 'whole' }],
];

for (const [field, expected] of cases) {
  test(`of 100 bytes, Range ${field} selects ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(selectRange(field, 100), expected);
  });
}

test('a range touches the chunks that hold its first and its last byte', () => {
  assert.deepEqual(chunksOf({ first: Limits.CHUNK - 1, last: Limits.CHUNK }), { first: 0, count: 2 });
  assert.deepEqual(bytesOf({ first: 1, count: 2 }, Limits.CHUNK * 2 + 5), {
    first: Limits.CHUNK,
    last: Limits.CHUNK * 2 + 4,
  });
});

test('chunks are cut to the range', () => {
  const chunk = Uint8Array.from([0, 1, 2, 3, 4]);
  assert.deepEqual([...cut(0, chunk, { first: 1, last: 2 })], [1, 2]);
  assert.equal(cut(0, chunk, { first: 0, last: 100 }), chunk);
  assert.deepEqual([...cut(1, chunk, { first: 0, last: Limits.CHUNK })], [0]);
});
