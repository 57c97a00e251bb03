import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerSignal, SignedSdp } from '../wire/messages.js';
import { OfferDesk } from './offer-desk.js';

const from = `n1-${'p'.repeat(22)}`;
const connection = new Uint8Array(8).fill(3);
const offer: SignedSdp = {
  type: 'offer',
  connection,
  sdp: 'sdp',
  token: new Uint8Array(0),
  signature: new Uint8Array(0),
};
const bye: PeerSignal = { type: 'bye', connection, reason: '' };

function candidate(name: string): PeerSignal & { readonly type: 'candidate' } {
  return { type: 'candidate', connection, candidate: name, mid: '0', line: 0 };
}

/** A desk whose checks end when the test says so. */
function desk() {
  const said: string[] = [];
  const checks: { readonly end: (fault?: string) => void; readonly fail: (error: Error) => void }[] = [];
  const taking = new OfferDesk({
    links: {
      offered: (_, __, sdp) => {
        said.push(`offer ${sdp}`);
        return Promise.resolve();
      },
      candidate: (_, signal) => said.push(signal.candidate),
      bye: () => said.push('bye'),
    },
    fault: () => new Promise((end, fail) => checks.push({ end, fail })),
    onRefused: (_, fault) => said.push(`refused: ${fault}`),
  });
  return { said, checks, take: (signal: PeerSignal) => taking.take(from, signal) };
}

test('candidates that arrive while their offer is checked follow it in their order', async () => {
  const { said, checks, take } = desk();
  const taken = take(offer);
  await take(candidate('one'));
  await take(candidate('two'));
  assert.deepEqual(said, []);
  checks[0]?.end();
  await taken;
  await take(candidate('three'));
  assert.deepEqual(said, ['offer sdp', 'one', 'two', 'three']);
});

test('candidates of a refused offer are dropped', async () => {
  const { said, checks, take } = desk();
  const taken = take(offer);
  await take(candidate('one'));
  checks[0]?.end('signature');
  await taken;
  assert.deepEqual(said, ['refused: signature']);
});

test('no more candidates wait than an honest proxy has', async () => {
  const { said, checks, take } = desk();
  const taken = take(offer);
  for (let i = 0; i < 1_000; i++) await take(candidate(`c${i}`));
  checks[0]?.end();
  await taken;
  assert.equal(said.length, 1 + 64);
});

test('no more offers are checked at once than there may be links', async () => {
  const { checks, take } = desk();
  for (let i = 0; i < 100; i++) {
    void take({ ...offer, connection: new Uint8Array(8).fill(i) });
  }
  await take(bye);
  assert.equal(checks.length, 64);
});

test('a bye during the check takes the offer back', async () => {
  const { said, checks, take } = desk();
  const taken = take(offer);
  await take(bye);
  checks[0]?.end();
  await taken;
  assert.deepEqual(said, []);
  await take(bye);
  assert.deepEqual(said, ['bye']);
});

test('an offer that is repeated is checked once', async () => {
  const { said, checks, take } = desk();
  const taken = take(offer);
  await take(offer);
  checks[0]?.end();
  await taken;
  assert.equal(checks.length, 1);
  assert.deepEqual(said, ['offer sdp']);
});

test('a check that fails leaves nothing behind', async () => {
  const { said, checks, take } = desk();
  const taken = take(offer);
  checks[0]?.fail(new Error('no such key'));
  await assert.rejects(taken, /no such key/);
  await take(candidate('one'));
  assert.deepEqual(said, ['one']);
});
