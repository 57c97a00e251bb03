import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBase64url } from '../wire/base64url.js';
import { parseSession } from './session.js';

const BASE = new URL('https://site.example/');
const answer = {
  site: 'demo',
  build: 'x',
  time: 1_000,
  policy: {
    consent: 'implied',
    eligible: ['/*'],
    never: [],
    hedgeMs: 150,
    elementMs: 300,
    uploadRate: 1,
    uploadVolume: 2,
  },
  keys: [{ id: 'AAAAAAAAAAA', key: toBase64url(new Uint8Array(32)) }],
  ice: [{ urls: ['stun:stun.example'], username: '', credential: '' }],
  token: toBase64url(new Uint8Array(9)),
  signal: '/.gyre/signal',
};

test('a session answer is taken apart, its WebSocket on the same host', () => {
  const session = parseSession(JSON.stringify(answer), BASE);
  assert.equal(session.signalUrl, 'wss://site.example/.gyre/signal');
  assert.equal(session.keys.get('AAAAAAAAAAA')?.byteLength, 32);
  assert.deepEqual(session.ice, [{ urls: ['stun:stun.example'] }]);
  assert.equal(session.policy.uploadVolume, 2);
});

const broken: [string, object][] = [
  ['an unknown consent', { policy: { ...answer.policy, consent: 'maybe' } }],
  ['a key that is too short', { keys: [{ id: 'x', key: 'AAAA' }] }],
  ['no token', { token: undefined }],
  ['a token that is too long', { token: toBase64url(new Uint8Array(1_025)) }],
  ['a time that is none', { time: 'now' }],
  ['too many keys', { keys: Array.from({ length: 17 }, () => answer.keys[0]) }],
  ['patterns that are no text', { policy: { ...answer.policy, never: [1] } }],
];
for (const [what, change] of broken) {
  test(`a session answer with ${what} is refused`, () => {
    assert.throws(() => parseSession(JSON.stringify({ ...answer, ...change }), BASE));
  });
}
