import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { test } from 'node:test';
import { FakeTimers, settle } from '../time/fake-timers.js';
import { encodeFrame } from '../wire/frames.js';
import { Limits } from '../wire/limits.js';
import type { PeerFrame } from '../wire/messages.js';
import { bytesBody, collect, EMPTY_BODY, piecesBody } from './body.js';
import { openExchanges } from './exchanges.js';
import { FakeChannel, seededRandom } from './fake-channel.js';
import { HIGH_WATER } from './marks.js';
import { type Answerer, type Body, ExchangeError, type ExchangeRequest, type Exchanges } from './types.js';

const seed = Number(process.env['GYRE_SEED'] ?? 20_261_121);
const never = new AbortController().signal;
const echo: Answerer = (request) => Promise.resolve({ status: 200, headers: [], body: request.body });

interface Pair {
  readonly timers: FakeTimers;
  readonly client: Exchanges;
  readonly server: Exchanges;
  readonly clientChannel: FakeChannel;
  readonly serverChannel: FakeChannel;
  run<T>(work: Promise<T>): Promise<T>;
}

function pair(answer: Answerer, pairSeed = seed): Pair {
  const timers = new FakeTimers();
  const [clientChannel, serverChannel] = FakeChannel.pair(timers, pairSeed);
  const options = { answer, timers, openMs: 1_000, idleMs: 2_000 };
  const client = openExchanges(clientChannel, { ...options, isOfferer: true });
  const server = openExchanges(serverChannel, { ...options, isOfferer: false });
  return { timers, client, server, clientChannel, serverChannel, run: (work) => runOn(timers, work) };
}

async function runOn<T>(timers: FakeTimers, work: Promise<T>): Promise<T> {
  let isSettled = false;
  const mark = () => {
    isSettled = true;
  };
  work.then(mark, mark);
  for (let step = 0; step < 100_000 && !isSettled; step++) await timers.advance(isSettled ? 0 : 5);
  assert.ok(isSettled, 'nothing happened within 500 s of fake time');
  return work;
}

function get(target: string, body: Body = EMPTY_BODY): ExchangeRequest {
  return { method: 'GET', target, headers: [], body };
}

function noise(size: number, from: number): Uint8Array {
  const random = seededRandom(from);
  return Uint8Array.from({ length: size }, () => random() * 256);
}

async function fetchBytes(exchanges: Exchanges, request: ExchangeRequest): Promise<Uint8Array> {
  const { body } = await exchanges.request(request, new AbortController().signal);
  return collect(body, 2 ** 24);
}

function rejectsWith(code: ExchangeError['code']) {
  return (error: unknown) => error instanceof ExchangeError && error.code === code;
}

function message(...frames: PeerFrame[]): Uint8Array<ArrayBuffer> {
  const parts = frames.map(encodeFrame).flatMap(({ head, payload }) => [head, payload]);
  return new Uint8Array(Buffer.concat(parts));
}

/** The engine at one end, bare frames at the other. */
function bare(answer: Answerer = echo) {
  const timers = new FakeTimers();
  const [channel, wire] = FakeChannel.pair(timers, seed);
  const exchanges = openExchanges(channel, { answer, timers, openMs: 1_000, idleMs: 2_000, isOfferer: false });
  const received: Uint8Array[] = [];
  wire.listen({
    onOpen: () => undefined,
    onMessage: (bytes) => received.push(bytes),
    onDrained: () => undefined,
    onClose: () => undefined,
  });
  return { timers, exchanges, wire, received, run: <T>(work: Promise<T>) => runOn(timers, work) };
}

const request = (exchange: number, headers: [string, string][] = []): PeerFrame => ({
  type: 'request',
  exchange,
  method: 'GET',
  target: '/',
  headers,
});

test('a body comes back byte for byte, both ways at once', async () => {
  const { client, server, run } = pair(echo);
  const large = noise(3_000_001, 1);
  const small = noise(70_000, 2);
  const answers = Promise.all([
    fetchBytes(client, get('/a', bytesBody(large))),
    fetchBytes(server, get('/b', bytesBody(small))),
  ]);
  const [a, b] = await run(answers);
  assert.deepEqual(Buffer.compare(a, large), 0);
  assert.deepEqual(Buffer.compare(b, small), 0);
  assert.equal(client.counts().open, 0);
  assert.equal(server.counts().open, 0);
  assert.equal(client.counts().received, 3_070_001);
});

test('many exchanges of random sizes interleave and none is mixed up', async () => {
  for (let round = 0; round < 4; round++) {
    const random = seededRandom(seed + round);
    const { client, run } = pair(echo, seed + round);
    const bodies = Array.from({ length: 40 }, (_, index) => noise(Math.floor(random() * 200_000), index));
    const answers = await run(Promise.all(bodies.map((body) => fetchBytes(client, get('/', bytesBody(body))))));
    answers.forEach((answer, index) => {
      assert.equal(Buffer.compare(answer, bodies[index] ?? answer), 0, `seed ${seed + round}, exchange ${index}`);
    });
  }
});

test('a large answer does not hold up a small one', async () => {
  const large = noise(8_000_000, 1);
  const { client, run } = pair(({ target }) =>
    Promise.resolve({ status: 200, headers: [], body: bytesBody(target === '/large' ? large : noise(100, 2)) }),
  );
  const order: string[] = [];
  const fetchNoting = async (target: string) => {
    await fetchBytes(client, get(target));
    order.push(target);
  };
  await run(Promise.all([fetchNoting('/large'), fetchNoting('/small')]));
  assert.deepEqual(order, ['/small', '/large']);
});

test('no message is larger than allowed and small frames travel together', async () => {
  const { client, clientChannel, run } = pair(echo);
  await run(Promise.all(Array.from({ length: 50 }, () => fetchBytes(client, get('/')))));
  assert.ok(clientChannel.sent.length < 10, `${clientChannel.sent.length} messages`);
  await run(fetchBytes(client, get('/', bytesBody(noise(1_000_000, 1)))));
  assert.ok(Math.max(...clientChannel.sent) <= Limits.EXCHANGE_MESSAGE);
});

test('a reader that does not read holds the sender up at its credit', async () => {
  let produced = 0;
  async function* endless() {
    for (;;) {
      produced += 65_536;
      yield await Promise.resolve({ bytes: new Uint8Array(65_536), isPacked: false });
    }
  }
  const { client, timers, run } = pair(() =>
    Promise.resolve({ status: 200, headers: [], body: piecesBody(endless()) }),
  );
  const { body } = await run(client.request(get('/'), never));
  await timers.advance(1_000);
  assert.ok(produced <= Limits.INITIAL_CREDIT + 65_536, `${produced} bytes`);
  const reader = body[Symbol.asyncIterator]();
  for (let piece = 0; piece < 40; piece++) await run(reader.next());
  assert.ok(produced > Limits.INITIAL_CREDIT * 2);
  await run(Promise.resolve(reader.return?.()));
});

test('the channel is filled to its high-water mark and not above', async () => {
  const { client, serverChannel, timers, run } = pair(() =>
    Promise.resolve({ status: 200, headers: [], body: bytesBody(new Uint8Array(900_000)) }),
  );
  await timers.advance(10);
  serverChannel.isStalled = true;
  const answers = Promise.all(Array.from({ length: 20 }, () => fetchBytes(client, get('/'))));
  await timers.advance(100);
  assert.ok(serverChannel.peakBufferedAmount >= HIGH_WATER / 2, `${serverChannel.peakBufferedAmount}`);
  assert.ok(serverChannel.peakBufferedAmount <= HIGH_WATER + 2 * 65_600, `${serverChannel.peakBufferedAmount}`);
  serverChannel.isStalled = false;
  serverChannel.pump();
  assert.equal((await run(answers)).length, 20);
});

test('a cancelled request stops the work on the other side', async () => {
  let stopped: unknown;
  const { client, server, timers, run } = pair(
    (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          stopped = signal.reason;
          reject(new Error('stopped'));
        });
      }),
  );
  const asked = new AbortController();
  const answer = client.request(get('/'), asked.signal);
  await timers.advance(50);
  asked.abort(new Error('changed my mind'));
  await assert.rejects(run(answer), /changed my mind/);
  await timers.advance(50);
  assert.ok(stopped instanceof ExchangeError && stopped.code === 'not-wanted');
  assert.equal(server.counts().open, 0);
});

test('a reader that gives up stops the sender', async () => {
  let isReleased = false;
  async function* endless() {
    try {
      for (;;) yield await Promise.resolve({ bytes: new Uint8Array(1_000), isPacked: false });
    } finally {
      isReleased = true;
    }
  }
  const { client, server, timers, run } = pair(() => Promise.resolve({ status: 200, headers: [], body: endless() }));
  const { body } = await run(client.request(get('/'), never));
  for await (const piece of { [Symbol.asyncIterator]: () => body[Symbol.asyncIterator]() }) {
    assert.equal(piece.bytes.length, 1_000);
    break;
  }
  await timers.advance(100);
  assert.ok(isReleased);
  assert.equal(server.counts().open + client.counts().open, 0);
});

test('a handler that fails gives the code failed, and the channel lives on', async () => {
  const { client, run } = pair(({ target, body }) => {
    if (target === '/bad') return Promise.reject(new Error('broken'));
    return Promise.resolve({ status: 200, headers: [], body });
  });
  await assert.rejects(run(fetchBytes(client, get('/bad'))), rejectsWith('failed'));
  assert.equal((await run(fetchBytes(client, get('/good', bytesBody(noise(10, 1)))))).length, 10);
});

test('a body that fails half way reaches the reader as a failure, never as an end', async () => {
  async function* half() {
    yield await Promise.resolve({ bytes: new Uint8Array(5), isPacked: false });
    throw new Error('disk');
  }
  const { client, run } = pair(() => Promise.resolve({ status: 200, headers: [], body: half() }));
  await assert.rejects(run(fetchBytes(client, get('/'))), rejectsWith('failed'));
});

test('an answer that never comes ends with the code deadline', async () => {
  const { client, run } = pair(() => new Promise(() => undefined));
  await assert.rejects(run(client.request(get('/'), never)), rejectsWith('deadline'));
});

test('a body that stalls ends with the code deadline', async () => {
  const { client, serverChannel, timers, run } = pair(() =>
    Promise.resolve({ status: 200, headers: [], body: bytesBody(new Uint8Array(900_000)) }),
  );
  const { body } = await run(client.request(get('/'), never));
  serverChannel.isStalled = true;
  const whole = collect(body, 2 ** 24);
  await timers.advance(1);
  await assert.rejects(run(whole), rejectsWith('deadline'));
});

test('a channel that never opens ends with the code deadline', async () => {
  const timers = new FakeTimers();
  const [channel] = FakeChannel.pair(timers, seed);
  channel.listen = () => undefined;
  const exchanges = openExchanges(channel, { isOfferer: true, answer: echo, timers, openMs: 1_000, idleMs: 2_000 });
  const answer = exchanges.request(get('/'), never);
  await assert.rejects(runOn(timers, answer), rejectsWith('deadline'));
  assert.equal((await exchanges.closed).code, 'deadline');
});

test('when the channel closes every open exchange fails and none is left', async () => {
  const { client, server, serverChannel, timers, run } = pair(() => new Promise(() => undefined));
  const answers = Promise.allSettled([1, 2, 3].map(() => client.request(get('/'), never)));
  await timers.advance(20);
  serverChannel.close();
  for (const answer of await run(answers)) {
    assert.ok(answer.status === 'rejected' && rejectsWith('closed')(answer.reason));
  }
  assert.equal((await run(client.closed)).isChannel, true);
  server.close('not-wanted', 'bye');
  await timers.advance(60_000);
  assert.equal(timers.pending, 0);
  await assert.rejects(client.request(get('/'), never), rejectsWith('closed'));
});

test('closing with a code tells the other side the code', async () => {
  const { client, server, timers, run } = pair(echo);
  await timers.advance(20);
  server.close('overloaded', 'too many neighbours');
  const reason = await run(client.closed);
  assert.equal(reason.code, 'overloaded');
  assert.match(reason.message, /too many neighbours/);
});

test('an answer may come before the request is read to its end', async () => {
  async function* endless() {
    for (;;) yield await Promise.resolve({ bytes: new Uint8Array(60_000), isPacked: false });
  }
  const { client, server, timers, run } = pair(() =>
    Promise.resolve({ status: 413, headers: [], body: bytesBody(new Uint8Array(3)) }),
  );
  const response = await run(client.request(get('/', endless()), never));
  assert.equal(response.status, 413);
  assert.equal((await run(collect(response.body, 10))).length, 3);
  await timers.advance(100);
  assert.equal(client.counts().open + server.counts().open, 0);
});

test('packed frames reach a reader that asked for them, and only such a one', async () => {
  const packed = { bytes: new Uint8Array(20), isPacked: true };
  const { client, run } = pair(() => Promise.resolve({ status: 200, headers: [], body: piecesBody([packed]) }));
  const asking = { ...get('/'), headers: [['te', 'zstd'] as const] };
  const { body } = await run(client.request(asking, never));
  const pieces = [];
  for await (const piece of body) pieces.push(piece);
  assert.deepEqual(pieces, [packed]);
  await assert.rejects(run(fetchBytes(client, get('/'))), rejectsWith('malformed'));
});

test('a byte flipped in any message is an ordinary failure or an ordinary answer', async () => {
  for (let round = 0; round < 60; round++) {
    const random = seededRandom(seed + round);
    const { client, serverChannel, timers } = pair(echo, seed + round);
    serverChannel.alter = (original) => {
      const altered = original.slice();
      altered[Math.floor(random() * Math.min(altered.length, 12))] = random() * 256;
      return altered;
    };
    const outcomes = Promise.allSettled([1, 2, 3].map(() => fetchBytes(client, get('/', bytesBody(noise(5_000, 1))))));
    for (const outcome of await runOn(timers, outcomes)) {
      if (outcome.status === 'fulfilled') continue;
      assert.ok(outcome.reason instanceof ExchangeError, `seed ${seed + round}: ${String(outcome.reason)}`);
    }
  }
});

const hostile: [string, Uint8Array<ArrayBuffer>[], ExchangeError['code']][] = [
  ['an empty message', [new Uint8Array(0)], 'malformed'],
  ['a message above the limit', [new Uint8Array(Limits.EXCHANGE_MESSAGE + 1)], 'malformed'],
  ['a frame that claims more than a payload may have', [Uint8Array.from([3, 1, 0x81, 0x80, 0x04])], 'malformed'],
  ['a request with the number of the other side', [message(request(2))], 'malformed'],
  ['requests that do not rise', [message(request(3), request(1))], 'malformed'],
  ['a request on exchange 0', [message(request(0))], 'malformed'],
  ['a response to nothing', [message({ type: 'response', exchange: 2, status: 200, headers: [] })], 'malformed'],
  [
    'a response to its own request',
    [message(request(1), { type: 'response', exchange: 1, status: 200, headers: [] })],
    'malformed',
  ],
  [
    'data for an exchange that never was',
    [message({ type: 'data', exchange: 9, payload: new Uint8Array(1) })],
    'malformed',
  ],
  ['two ends', [message(request(1), { type: 'end', exchange: 1 }, { type: 'end', exchange: 1 })], 'malformed'],
  [
    'packed data in a request',
    [message(request(1, [['te', 'zstd']]), { type: 'packed', exchange: 1, payload: new Uint8Array(1) })],
    'malformed',
  ],
  [
    'more data than credit',
    [
      message(request(1)),
      ...Array.from({ length: 17 }, () => message({ type: 'data', exchange: 1, payload: new Uint8Array(65_536) })),
    ],
    'limit',
  ],
  [
    'tiny frames without end',
    [
      message(request(1)),
      ...Array.from({ length: 10 }, () =>
        message(
          ...Array.from({ length: 1_000 }, () => ({ type: 'data' as const, exchange: 1, payload: new Uint8Array(1) })),
        ),
      ),
    ],
    'limit',
  ],
];
for (const [name, messages, code] of hostile) {
  test(`${name} closes the channel with ${code}`, async () => {
    const { exchanges, wire, run } = bare(() => new Promise(() => undefined));
    messages.forEach((bytes) => {
      wire.send(bytes);
    });
    assert.equal((await run(exchanges.closed)).code, code);
    assert.equal(exchanges.counts().open, 0);
  });
}

test('frames for an exchange that is over are dropped silently', async () => {
  const { exchanges, wire, timers } = bare();
  wire.send(message(request(1), { type: 'cancel', exchange: 1, code: 'not-wanted', reason: '' }));
  wire.send(message({ type: 'data', exchange: 1, payload: new Uint8Array(3) }, { type: 'end', exchange: 1 }));
  wire.send(message({ type: 'credit', exchange: 1, bytes: 3 }));
  await timers.advance(100);
  let isClosed = false;
  void exchanges.closed.then(() => (isClosed = true));
  await settle();
  assert.equal(isClosed, false);
});

test('requests above the limit are refused one by one, the others go on', async () => {
  const { wire, timers, exchanges } = bare(() => new Promise(() => undefined));
  for (let index = 0; index < 400; index++) wire.send(message(request(1 + 2 * index)));
  await timers.advance(200);
  assert.equal(exchanges.counts().open, Limits.OPEN_EXCHANGES);
});

test('a peer that asks and takes nothing in loses its channel', async () => {
  const { client, serverChannel, timers, run } = pair(() =>
    Promise.resolve({ status: 200, headers: [['x', 'y'.repeat(8_000)]], body: EMPTY_BODY }),
  );
  await timers.advance(20);
  serverChannel.isStalled = true;
  for (let round = 0; round < 15; round++) {
    const asked = new AbortController();
    setMaxListeners(0, asked.signal);
    for (let index = 0; index < 100; index++) client.request(get('/'), asked.signal).catch(() => undefined);
    await timers.advance(10);
    asked.abort(new Error('next'));
  }
  serverChannel.isStalled = false;
  serverChannel.pump();
  assert.equal((await run(client.closed)).code, 'limit');
});
