import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeChannel } from '../exchange/fake-channel.js';
import type { Answerer, Piece } from '../exchange/types.js';
import type { Step } from '../port/messages.js';
import { FakeTimers, settle } from '../time/fake-timers.js';
import type { PeerSignal } from '../wire/messages.js';
import { Neighbours } from './neighbours.js';

const DIGEST = 'D'.repeat(43);

async function* body(...fills: number[]): AsyncIterable<Piece> {
  for (const fill of fills) yield { bytes: new Uint8Array(4).fill(fill), isPacked: false };
}

const holds: Answerer = async ({ target }) =>
  target === `/.gyre/c/${DIGEST}`
    ? { status: 200, headers: [], body: body(1) }
    : { status: 504, headers: [], body: body() };

/** Peers whose pages open fake connections, and a signalling server that passes on at once. */
class Swarm {
  readonly timers = new FakeTimers();
  readonly peers = new Map<string, Neighbours>();
  readonly dials: string[] = [];
  readonly hungUp: string[] = [];
  #seed = 1;
  isReachable = true;
  isDeaf = false;

  add(id: string): Neighbours {
    const peer = new Neighbours({
      timers: this.timers,
      answer: holds,
      ownId: () => id,
      page: {
        dial: (connection) => {
          this.dials.push(`${id} ${connection}`);
          this.#say(id, connection, { type: 'offer', sdp: connection });
        },
        accept: (connection) => this.#say(id, connection, { type: 'answer', sdp: connection }),
        step: (connection, step) => {
          if (step.type === 'answer') this.#open(connection);
        },
        hangUp: (connection) => this.hungUp.push(`${id} ${connection}`),
      },
      relay: (to, signal: PeerSignal) => {
        if (this.isReachable && !this.isDeaf) queueMicrotask(() => this.peers.get(to)?.relayed(id, signal));
        return this.isReachable;
      },
      random: (bytes) => bytes.fill(this.#seed++),
    });
    this.peers.set(id, peer);
    return peer;
  }

  #say(id: string, connection: string, step: Step): void {
    queueMicrotask(() => this.peers.get(id)?.said(connection, step));
  }

  #open(connection: string): void {
    const ends = FakeChannel.pair(this.timers, 1);
    for (const [at, peer] of [...this.peers.values()].entries()) peer.channel(connection, ends[at % 2] ?? ends[0]);
  }
}

async function readAll(pieces: AsyncIterable<Piece>): Promise<number> {
  let bytes = 0;
  for await (const piece of pieces) bytes += piece.bytes.byteLength;
  return bytes;
}

const never = new AbortController().signal;
const run = { first: 0, count: 1 };

test('a peer that was dialled answers what it holds, and 504 costs nothing', async () => {
  const swarm = new Swarm();
  const a = swarm.add('n-A');
  swarm.add('n-B');
  const dialled = a.dial('n-B', never);
  await swarm.timers.advance(20);
  await dialled;
  const got = readAll(a.ask('n-B', DIGEST, run, 4, never));
  await swarm.timers.advance(20);
  assert.equal(await got, 4);
  const lacking = assert.rejects(readAll(a.ask('n-B', 'E'.repeat(43), run, 4, never)), { code: 'lacks' });
  await swarm.timers.advance(20);
  await lacking;
  assert.deepEqual(a.openPeers(), ['n-B']);
  assert.deepEqual(a.banned, []);
});

test('a peer is dialled once, however many wait for it', async () => {
  const swarm = new Swarm();
  const a = swarm.add('n-A');
  swarm.add('n-B');
  const both = Promise.all([a.dial('n-B', never), a.dial('n-B', never)]);
  await swarm.timers.advance(20);
  await both;
  assert.equal(swarm.dials.length, 1);
});

test('where both dial at once the offer of the smaller id stands, and both are connected', async () => {
  const swarm = new Swarm();
  const a = swarm.add('n-A');
  const b = swarm.add('n-B');
  const both = Promise.all([a.dial('n-B', never), b.dial('n-A', never)]);
  await swarm.timers.advance(20);
  await both;
  assert.deepEqual(a.openPeers(), ['n-B']);
  assert.deepEqual(b.openPeers(), ['n-A']);
  assert.equal(swarm.hungUp.length, 1);
  assert.ok(swarm.hungUp[0]?.startsWith('n-B'));
});

test('a peer that does not answer is given up after its time', async () => {
  const swarm = new Swarm();
  const a = swarm.add('n-A');
  swarm.isDeaf = true;
  const dialled = assert.rejects(a.dial('n-B', never), { code: 'failed' });
  await swarm.timers.advance(5_000);
  await dialled;
  assert.equal(swarm.hungUp.length, 1);
  assert.equal(swarm.timers.pending, 0);
});

test('without a signalling server nobody waits for a dial', async () => {
  const swarm = new Swarm();
  const a = swarm.add('n-A');
  swarm.isReachable = false;
  await assert.rejects(a.dial('n-B', never), { code: 'failed' });
});

test('where there is no room, the connection that has rested the longest gives way to a new one', async () => {
  const swarm = new Swarm();
  const a = swarm.add('n-A');
  const dial = async (id: string) => {
    // FakeChannel gives its ends to the peers that are there: two at a time.
    swarm.peers.clear();
    swarm.peers.set('n-A', a);
    swarm.add(id);
    const dialled = a.dial(id, never);
    await swarm.timers.advance(20);
    await dialled;
  };
  for (let at = 0; at < 32; at++) await dial(`n-${at}`);
  const asked = assert.rejects(readAll(a.ask('n-0', 'E'.repeat(43), run, 4, never)));
  await swarm.timers.advance(20_000);
  await asked;
  await dial('n-new');
  const open = a.openPeers();
  assert.equal(open.length, 32);
  assert.ok(open.includes('n-new') && open.includes('n-0') && !open.includes('n-1'));
});

test('a stranger gets the place only of a connection that has rested for long', async () => {
  const swarm = new Swarm();
  const a = swarm.add('n-A');
  for (let at = 0; at < 32; at++) {
    swarm.peers.clear();
    swarm.peers.set('n-A', a);
    swarm.add(`n-${at}`);
    const dialled = a.dial(`n-${at}`, never);
    await swarm.timers.advance(20);
    await dialled;
  }
  const offer = () =>
    a.relayed('n-S', {
      type: 'offer',
      connection: new Uint8Array(8).fill(99),
      sdp: '',
      token: new Uint8Array(0),
      signature: new Uint8Array(0),
    });
  offer();
  assert.equal(a.openPeers().length, 32);
  await swarm.timers.advance(30_000);
  offer();
  assert.equal(a.openPeers().length, 31);
});

test('a liar is hung up on, reported, and neither dialled nor let in again', async () => {
  const swarm = new Swarm();
  const a = swarm.add('n-A');
  const b = swarm.add('n-B');
  const dialled = a.dial('n-B', never);
  await swarm.timers.advance(20);
  await dialled;
  a.ban('n-B');
  await swarm.timers.advance(20);
  assert.deepEqual(a.openPeers(), []);
  assert.deepEqual(
    a.report().map(({ peer, badChunks }) => [peer, badChunks]),
    [['n-B', 1]],
  );
  assert.deepEqual(a.report(), []);
  await assert.rejects(a.dial('n-B', never), { code: 'lied' });
  const back = assert.rejects(b.dial('n-A', never));
  await swarm.timers.advance(6_000);
  await back;
});

test('what was received is reported once', async () => {
  const swarm = new Swarm();
  const a = swarm.add('n-A');
  swarm.add('n-B');
  const dialled = a.dial('n-B', never);
  await swarm.timers.advance(20);
  await dialled;
  const got = readAll(a.ask('n-B', DIGEST, run, 4, never));
  await swarm.timers.advance(20);
  await got;
  assert.equal(a.report()[0]?.received, 4);
  await settle();
  assert.deepEqual(a.report(), []);
});
