import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from './decode-error.js';
import { decodeFrames, encodeFrame } from './frames.js';
import { CANCEL_CODES, type PeerFrame } from './messages.js';

const exchange = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const bytes = fc.uint8Array({ maxLength: 300 });
const headers = fc.array(
  fc.tuple(fc.stringMatching(/^[a-z-]{1,20}$/), fc.stringMatching(/^[ -~]{0,40}$/)).map(([n, v]) => [n, v] as const),
  { maxLength: 5 },
);
const plain = { noNullPrototype: true } as const;
const frame: fc.Arbitrary<PeerFrame> = fc.oneof(
  fc.record(
    {
      type: fc.constant('request' as const),
      exchange,
      method: fc.constantFrom('GET', 'POST'),
      target: fc.stringMatching(/^\/[!-~]{0,60}$/),
      headers,
    },
    plain,
  ),
  fc.record(
    { type: fc.constant('response' as const), exchange, status: fc.integer({ min: 200, max: 599 }), headers },
    plain,
  ),
  fc.record({ type: fc.constantFrom('data' as const, 'packed' as const), exchange, payload: bytes }, plain),
  fc.record({ type: fc.constant('end' as const), exchange }, plain),
  fc.record(
    {
      type: fc.constant('cancel' as const),
      exchange,
      code: fc.constantFrom(...CANCEL_CODES),
      reason: fc.string({ unit: 'grapheme', maxLength: 40 }),
    },
    plain,
  ),
  fc.record({ type: fc.constant('credit' as const), exchange, bytes: fc.maxSafeNat() }, plain),
);

function message(frames: readonly PeerFrame[]): Uint8Array {
  const parts = frames.map(encodeFrame).flatMap(({ head, payload }) => [head, payload]);
  return new Uint8Array(Buffer.concat(parts));
}

test('every batch of frames comes back as it was sent', () => {
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 20 }), (frames) => {
      assert.deepEqual(decodeFrames(message(frames)), frames);
    }),
  );
});

test('arbitrary bytes give frames or a DecodeError, nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (input) => {
      try {
        decodeFrames(input);
      } catch (error) {
        assert.ok(error instanceof DecodeError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

test('a damaged batch gives frames or a DecodeError, nothing else', () => {
  const damage = fc.tuple(fc.array(frame, { minLength: 1, maxLength: 5 }), fc.nat(), fc.nat(255));
  fc.assert(
    fc.property(damage, ([frames, where, value]) => {
      const input = message(frames);
      input[where % input.length] = value;
      try {
        decodeFrames(input);
      } catch (error) {
        assert.ok(error instanceof DecodeError, String(error));
      }
    }),
  );
});

test('a frame of unknown type is passed over', () => {
  const end = { type: 'end', exchange: 3 } as const;
  const unknown = Uint8Array.from([99, 0, 2, 1, 2]);
  assert.deepEqual(decodeFrames(new Uint8Array([...unknown, ...message([end])])), [end]);
});
