import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../time/fake-timers.js';
import { Ports } from './ports.js';

function portsOf(isThere = true) {
  const timers = new FakeTimers();
  const wishes: string[] = [];
  const ports = new Ports<string>({
    timers,
    wish: async (client) => {
      wishes.push(client);
      return isThere;
    },
    waitMs: () => 150,
    onPort: () => undefined,
  });
  return { timers, wishes, ports };
}

test('a port that was offered is used', async () => {
  const { ports, wishes } = portsOf();
  ports.offered('a', 'port');
  assert.equal(await ports.of('a'), 'port');
  assert.deepEqual(wishes, []);
});

test('without one the page is asked once, however many requests wait', async () => {
  const { ports, wishes } = portsOf();
  const both = Promise.all([ports.of('a'), ports.of('a')]);
  ports.offered('a', 'port');
  assert.deepEqual(await both, ['port', 'port']);
  assert.deepEqual(wishes, ['a']);
});

test('what must not wait takes a port that is here and asks for none', () => {
  const { ports, wishes } = portsOf();
  assert.equal(ports.here('a'), undefined);
  ports.offered('a', 'port');
  assert.equal(ports.here('a'), 'port');
  assert.deepEqual(wishes, []);
});

test('a page that does not answer delays its requests once', async () => {
  const { ports, wishes, timers } = portsOf();
  const first = ports.of('a');
  await timers.advance(150);
  assert.equal(await first, undefined);
  assert.equal(await ports.of('a'), undefined);
  assert.deepEqual(wishes, ['a']);
  ports.offered('a', 'late');
  assert.equal(await ports.of('a'), 'late');
});

test('a page that is gone delays nothing', async () => {
  assert.equal(await portsOf(false).ports.of('a'), undefined);
});

test('a page that turned Gyre off is left alone', async () => {
  const { ports, wishes } = portsOf();
  ports.offered('a', 'port');
  ports.turnedOff('a');
  assert.ok(ports.isOff('a'));
  assert.equal(await ports.of('a'), undefined);
  assert.deepEqual(wishes, []);
});

test('a page without a data worker delays nothing, though its store may answer', async () => {
  const { ports, wishes } = portsOf();
  const waiting = ports.of('a');
  ports.silence('a');
  assert.equal(await waiting, undefined);
  assert.equal(await ports.of('a'), undefined);
  assert.ok(!ports.isOff('a'));
  assert.deepEqual(wishes, ['a']);
});

test('a port that was of no use is asked for anew', async () => {
  const { ports, wishes } = portsOf();
  ports.offered('a', 'dead');
  ports.lost('a', 'dead');
  const again = ports.of('a');
  ports.offered('a', 'alive');
  assert.equal(await again, 'alive');
  assert.deepEqual(wishes, ['a']);
});

async function silentTwice() {
  const it = portsOf();
  it.ports.offered('a', 'dead');
  it.ports.lost('a', 'dead');
  const again = it.ports.of('a');
  it.ports.offered('a', 'dead too');
  await again;
  it.ports.lost('a', 'dead too');
  return it;
}

test('two ports in a row that were of no use are enough', async () => {
  const { ports, wishes } = await silentTwice();
  assert.equal(await ports.of('a'), undefined);
  assert.deepEqual(wishes, ['a']);
  ports.offered('a', 'alive');
  assert.equal(await ports.of('a'), 'alive');
});

test('a port that was of use once is doubted anew', async () => {
  const { ports, wishes } = portsOf();
  ports.offered('a', 'dead');
  ports.lost('a', 'dead');
  ports.offered('a', 'alive');
  ports.heard('a');
  ports.lost('a', 'alive');
  void ports.of('a');
  assert.deepEqual(wishes, ['a']);
});

test('a port that answers late is used again, unless the page turned Gyre off', async () => {
  const { ports } = await silentTwice();
  ports.revived('a', 'dead too');
  assert.equal(await ports.of('a'), 'dead too');
  ports.turnedOff('a');
  ports.revived('a', 'dead too');
  assert.equal(await ports.of('a'), undefined);
});

test('of pages that turned Gyre off the latest are known', () => {
  const { ports } = portsOf();
  for (let page = 0; page <= 256; page++) ports.turnedOff(`${page}`);
  assert.ok(!ports.isOff('0'));
  assert.ok(ports.isOff('256'));
});
