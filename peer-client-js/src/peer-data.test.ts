import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { FakeSocket } from './signal/fake-socket.js';
import { deferred } from './time/deferred.js';
import { toBase64url } from './wire/base64url.js';

/** The script as it is served, its names shortened, in a scope that is a dedicated worker's as far as it looks. */
const SCRIPT = 'target/classes/gyre/client/peer-data.js';
const PAGE = 'http://site.example/page';
const SESSION = {
  site: 'demo',
  time: 0,
  policy: { consent: 'implied', eligible: [], never: [], hedgeMs: 150, elementMs: 300, uploadRate: 1, uploadVolume: 2 },
  keys: [{ id: 'k', key: 'A'.repeat(43) }],
  ice: [],
  token: toBase64url(new Uint8Array(9)),
  signal: '/.gyre/signal',
};

interface Said {
  readonly type: string;
  readonly [name: string]: unknown;
}

/** Starts the script; what it says to its page comes out one by one, and its WebSocket is the test's. */
function start(changes: object = {}) {
  const connected = deferred<FakeSocket>();
  class WebSocketStub extends FakeSocket {
    static readonly OPEN = 1;
    readonly readyState = 1;
    onopen = () => {};
    onmessage = (_: object) => {};
    constructor(readonly url: string) {
      super();
      this.listen({
        onOpen: () => this.onopen(),
        onMessage: (bytes) => this.onmessage({ data: bytes?.buffer }),
        onClose: () => undefined,
      });
      connected.resolve(this);
    }
  }
  const said: Said[] = [];
  let wake = () => {};
  let take = (_: { data: object }): void => assert.fail('nobody listens');
  const scope = {
    ...{
      AbortController,
      AbortSignal,
      ArrayBuffer,
      MessageChannel,
      MessagePort,
      TextDecoder,
      TextEncoder,
      URL,
      Uint8Array,
    },
    ...{ atob, btoa, clearTimeout, crypto, performance },
    // What the script still waits for must not keep the test from ending.
    setTimeout: (task: () => void, ms: number) => setTimeout(task, ms).unref(),
    WebSocket: WebSocketStub,
    addEventListener: (_: string, listener: typeof take) => (take = listener),
    postMessage(message: Said) {
      said.push(message);
      wake();
    },
    fetch: () => Promise.resolve(new Response(JSON.stringify(SESSION))),
    location: { href: `${PAGE}.js` },
    navigator: { storage: { estimate: () => Promise.resolve({}) } },
    indexedDB: { open: () => assert.fail('this browser refuses IndexedDB') },
  };
  runInContext(readFileSync(SCRIPT, 'utf8'), createContext({ ...scope, ...changes, self: scope }));
  const next = async (type: string): Promise<Said> => {
    for (;;) {
      const found = said.findIndex((message) => message.type === type);
      if (found >= 0) return said.splice(found, 1)[0] ?? assert.fail();
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return { connected: connected.promise, next, tell: (message: object) => take({ data: message }) };
}

test(
  'the script as it is served registers, and calls by their whole names what leaves it',
  { timeout: 10_000 },
  async () => {
    const { connected, next, tell } = start();
    const presence = { isHidden: false, isMetered: false, isLowOnPower: false };
    tell({ type: 'start', page: PAGE, carried: undefined, presence, hasConsent: true });
    const { consent, elementMs } = await next('policy');
    assert.deepEqual([consent, elementMs], ['implied', 300]);
    const socket = await connected;
    socket.listener?.onOpen();
    assert.deepEqual(socket.tags, [1]);
    socket.welcome();
    tell({ type: 'stats', id: 7 });
    const { id, stats } = await next('stats');
    assert.equal(id, 7);
    const { peerId, bytes, total } = stats as Record<string, unknown>;
    assert.equal(peerId, `n1-${'a'.repeat(22)}`);
    assert.deepEqual({ ...(bytes as object) }, { ownStore: 0, peers: 0, origin: 0, httpCache: 0 });
    assert.deepEqual(Object.keys(total as object), ['bytes', 'requests', 'served']);
  },
);

const begin = {
  type: 'start',
  page: PAGE,
  carried: undefined,
  presence: { isHidden: false, isMetered: false, isLowOnPower: false },
  hasConsent: false,
};

test('a browser that tells nothing of its storage takes part', { timeout: 10_000 }, async () => {
  const { next, tell } = start({ navigator: {} });
  tell(begin);
  await next('policy');
});

test('a page without a session is told, and its service worker is passed', { timeout: 10_000 }, async () => {
  const { next, tell } = start({ fetch: () => Promise.reject(new Error('no network')) });
  const { port1, port2 } = new MessageChannel();
  tell({ type: 'reader', port: port1 });
  tell(begin);
  await next('failed');
  const passed = deferred<void>();
  port2.onmessage = ({ data }: MessageEvent<Said>) => {
    if (data.type === 'pass') passed.resolve();
  };
  port2.postMessage({ type: 'ask', id: 1, url: `${PAGE}.jpg`, range: null, waitedMs: 0 });
  await passed.promise;
  port2.close();
});
