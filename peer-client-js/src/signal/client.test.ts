import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers, settle } from '../time/fake-timers.js';
import { Reader } from '../wire/reader.js';
import { openSignal } from './client.js';
import { FakeSocket } from './fake-socket.js';
import { SignalError, type SignalListener, type SignalOptions } from './types.js';

const peer = `n1-${'a'.repeat(22)}`;
const never = new AbortController().signal;

function start(change: Partial<SignalOptions> = {}) {
  const timers = new FakeTimers();
  const sockets: FakeSocket[] = [];
  const events: string[] = [];
  const listener: SignalListener = {
    onWelcome: (welcome) => events.push(`welcome ${welcome.resumed}`),
    onLost: () => events.push('lost'),
    onHint: (hint) => events.push(`hint ${hint.manifests.length}`),
    onRunners: (located) => events.push(`runners ${located.runners.length}`),
    onRelayed: (from, payload) => events.push(`relayed ${from} ${payload.length}`),
    onRefused: (code, reason) => events.push(`refused ${code} ${reason}`),
  };
  const client = openSignal({
    url: 'ws://127.0.0.1/.gyre/signal',
    connect: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    hello: () => Promise.resolve({ token: new Uint8Array(80), page: '//example.com/', capabilities: 3 }),
    listener,
    timers,
    random: () => 0.5,
    ...change,
  });
  const last = (): FakeSocket => sockets.at(-1) ?? assert.fail('nothing was connected');
  return { timers, sockets, events, client, last };
}

async function registered(change: Partial<SignalOptions> = {}) {
  const started = start(change);
  await settle();
  started.last().listener?.onOpen();
  started.last().welcome();
  await settle();
  return started;
}

test('a client says hello, and is registered with the welcome', async () => {
  const { client, events, last } = await registered();
  assert.deepEqual(last().tags, [1]);
  assert.equal(client.peer, peer);
  assert.deepEqual(events, ['welcome false']);
});

test('what is said before the welcome is dropped and said to be', async () => {
  const { client, last } = start();
  await settle();
  last().listener?.onOpen();
  assert.equal(client.relay(peer, new Uint8Array(3)), false);
  await assert.rejects(client.locate({ digests: [] }, never), (error) => error instanceof SignalError);
  assert.deepEqual(last().tags, [1]);
});

test('a challenge is answered with a signature over the context and the nonce', async () => {
  const signed: Uint8Array[] = [];
  const { last } = start({
    prove: (bytes) => {
      signed.push(bytes);
      return Promise.resolve(new Uint8Array(64));
    },
  });
  await settle();
  last().listener?.onOpen();
  last().say((writer) => writer.array(2).uint(66).bin(new Uint8Array(32).fill(9)));
  await settle();
  assert.deepEqual(last().tags, [1, 2]);
  assert.equal(Buffer.from(signed[0] ?? []).toString('latin1'), `gyre/1 prove${'\t'.repeat(32)}`);
});

test('a question gets the answer with its number', async () => {
  const { client, last } = await registered();
  const first = client.locate({ resources: ['//example.com/a'] }, never);
  const second = client.locate({ apps: [] }, never);
  const answer = (request: number) => {
    last().say((writer) => writer.array(5).uint(67).uint(request).array(0).array(0).array(0));
  };
  answer(2);
  answer(1);
  answer(99);
  assert.equal((await first).request, 1);
  assert.equal((await second).request, 2);
});

test('a question without an answer ends in time', async () => {
  const { client, timers } = await registered();
  const outcome = assert.rejects(client.locate({}, never), (error) => {
    return error instanceof SignalError && error.code === 'timeout';
  });
  await timers.advance(5_000);
  await outcome;
});

test('a question ends when its asker aborts', async () => {
  const { client } = await registered();
  const asked = new AbortController();
  const outcome = assert.rejects(client.locate({}, asked.signal), /enough/);
  asked.abort(new Error('enough'));
  await outcome;
});

test('what the server says unasked reaches the listener, and unknown tags are passed over', async () => {
  const { events, last } = await registered();
  last().say((writer) => writer.array(3).uint(68).str(peer).bin(new Uint8Array(5)));
  last().say((writer) => writer.array(3).uint(69).array(0).array(0));
  last().say((writer) => writer.array(5).uint(67).uint(0).array(0).array(0).array(0));
  last().say((writer) => writer.array(3).uint(70).uint(6).str('gone'));
  last().say((writer) => writer.array(2).uint(99).array(0));
  assert.deepEqual(events.slice(1), [`relayed ${peer} 5`, 'hint 0', 'runners 0', 'refused unknown-peer gone']);
});

test('a client that said nothing for a heartbeat pings, and a dead server is found out', async () => {
  const { timers, last, events, sockets } = await registered();
  await timers.advance(30_000);
  assert.deepEqual(last().tags, [1, 10]);
  last().say((writer) => writer.array(2).uint(72).uint(0));
  await timers.advance(30_000);
  assert.deepEqual(last().tags, [1, 10, 10]);
  await timers.advance(9_999);
  assert.equal(events.at(-1), 'welcome false');
  await timers.advance(1);
  assert.equal(events.at(-1), 'lost');
  assert.ok(sockets[0]?.isClosed);
});

test('a client that talks does not ping', async () => {
  const { timers, last, client } = await registered();
  for (let second = 0; second < 60; second++) {
    await timers.advance(1_000);
    client.page('//example.com/next');
  }
  assert.ok(!last().tags.includes(10));
});

test('attempts are spread wider and wider, and a good connection starts anew', async () => {
  const { timers, sockets, last } = start();
  await settle();
  const waits: number[] = [];
  for (let attempt = 0; attempt < 9; attempt++) {
    const count = sockets.length;
    const from = timers.now();
    last().listener?.onClose();
    while (sockets.length === count) await timers.advance(50);
    waits.push(timers.now() - from);
  }
  assert.deepEqual(waits, [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  last().listener?.onOpen();
  last().welcome();
  await timers.advance(10_000);
  const count = sockets.length;
  last().listener?.onClose();
  await timers.advance(250);
  assert.equal(sockets.length, count + 1);
});

test('the next hello brings the resume bytes of the last welcome', async () => {
  const { timers, last, events } = await registered();
  last().listener?.onClose();
  await timers.advance(1_000);
  last().listener?.onOpen();
  last().welcome(30_000, true);
  const reader = new Reader(last().sent[0] ?? assert.fail('no hello'));
  reader.array(6);
  assert.equal(reader.uint() + reader.uint(), 2);
  reader.bin(100);
  assert.deepEqual([...reader.bin(16)], Array(16).fill(7));
  assert.deepEqual(events, ['welcome false', 'lost', 'welcome true']);
});

test('a server that goes away is not come back to before it said', async () => {
  const { timers, last, sockets } = await registered();
  last().say((writer) => writer.array(2).uint(71).uint(20_000));
  await timers.advance(20_000);
  assert.equal(sockets.length, 1);
  await timers.advance(250);
  assert.equal(sockets.length, 2);
});

test('a session that cannot be had is asked for again later', async () => {
  let calls = 0;
  const { timers, sockets } = start({
    hello: () => {
      calls++;
      return Promise.reject(new Error('no session'));
    },
  });
  await timers.advance(5_000);
  assert.ok(calls > 2 && calls < 10, `${calls} calls`);
  assert.equal(sockets.length, 0);
});

test('a socket that never welcomes is given up', async () => {
  const { timers, sockets } = start();
  await settle();
  await timers.advance(11_000);
  assert.ok(sockets[0]?.isClosed);
  assert.equal(sockets.length, 2);
});

test('bytes that are no message end the connection, and another follows', async () => {
  const { timers, last, sockets, events } = await registered();
  last().listener?.onMessage(Uint8Array.from([0x92, 0x46]));
  await timers.advance(1_000);
  assert.equal(events.at(-1), 'lost');
  assert.equal(sockets.length, 2);
});

test('a large announcement is split, and nothing is said to a server that takes nothing in', async () => {
  const { client, last } = await registered();
  assert.ok(client.announce({ gained: Array.from({ length: 1_500 }, () => 'A'.repeat(43)) }));
  assert.deepEqual(last().tags, [1, 4, 4, 4]);
  assert.ok(last().sent.every((message) => message.length <= 65_536));
  last().bufferedAmount = 2 ** 20;
  assert.equal(client.relay(peer, new Uint8Array(3)), false);
});

test('a closed client leaves nothing behind', async () => {
  const { client, timers, last } = await registered();
  const outcome = assert.rejects(client.locate({}, never));
  client.close();
  await outcome;
  assert.ok(last().isClosed);
  assert.equal(timers.pending, 0);
  assert.equal(client.peer, undefined);
});
