import { bytesBody, collect, EMPTY_BODY } from '../exchange/body.js';
import { openExchanges } from '../exchange/exchanges.js';
import { rtcChannel } from '../exchange/rtc-channel.js';
import { ExchangeError, type Exchanges } from '../exchange/types.js';
import { systemTimers } from '../time/timers.js';
import { keyId } from '../verify/keys.js';
import { fromBase64url, toBase64url } from '../wire/base64url.js';
import { decodePeerSignal, encodePeerSignal, signedSignalBytes } from '../wire/peer-signal.js';
import { Reader } from '../wire/reader.js';
import { Writer } from '../wire/writer.js';
import type { GyreWorker } from './worker-runtime.js';

/** Plays the signalling server and a proxy to the worker tab in the same page, over a real data channel. */
declare const gyreWorker: GyreWorker;

const WORKER = `n1-${'w'.repeat(22)}`;
const PROXY = `n1-${'p'.repeat(22)}`;
const APP = `demo@${'A'.repeat(43)}`;
const never = new AbortController().signal;

let server: FakeServer | undefined;

/** Stands in for WebSocket: the signalling server's side of the conversation. */
class FakeServer {
  static readonly OPEN = 1;
  readonly readyState = 1;
  readonly bufferedAmount = 0;
  binaryType = '';
  onopen: (() => void) | undefined;
  onmessage: ((event: { data: ArrayBuffer }) => void) | undefined;
  onclose: (() => void) | undefined;
  onRelay: (payload: Uint8Array) => void = () => undefined;
  readonly runs: string[] = [];
  proof = new Uint8Array(0);

  constructor() {
    server = this;
    setTimeout(() => this.onopen?.());
  }

  close(): void {
    this.onclose?.();
  }

  say(writer: Writer): void {
    this.onmessage?.({ data: writer.finish().buffer });
  }

  relay(payload: Uint8Array): void {
    this.say(new Writer().array(3).uint(68).str(PROXY).bin(payload));
  }

  send(message: Uint8Array): void {
    const reader = new Reader(message);
    reader.array(10);
    const tag = reader.uint();
    if (tag === 1) this.say(new Writer().array(2).uint(66).bin(new Uint8Array(32).fill(5)));
    if (tag === 2) {
      this.proof = reader.bin(64).slice();
      const welcome = new Writer().array(8).uint(65).str(WORKER).uint(30_000).bin(new Uint8Array(16)).bool(false);
      this.say(welcome.array(0).array(0).array(0));
    }
    if (tag === 4) {
      reader.list(10, () => reader.bin(32));
      reader.list(10, () => reader.bin(32));
      this.runs.push(...reader.list(10, () => reader.str(110)));
    }
    if (tag === 8) {
      reader.str(40);
      this.onRelay(reader.bin(16_384));
    }
  }
}

interface Identity {
  readonly pair: CryptoKeyPair;
  readonly raw: Uint8Array<ArrayBuffer>;
}

async function identity(): Promise<Identity> {
  const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;
  return { pair, raw: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)) };
}

async function sign({ pair }: Identity, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, bytes));
}

async function token(issuer: Identity, kind: number, subject: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const writer = new Writer()
    .array(7)
    .uint(1)
    .str('demo')
    .uint(kind)
    .uint(Date.now() + 60_000);
  const payload = writer
    .bin(new Uint8Array(16))
    .bin(subject)
    .bin(fromBase64url(await keyId(issuer.raw)))
    .finish();
  return new Writer()
    .array(2)
    .bin(payload)
    .bin(await sign(issuer, payload))
    .finish();
}

async function until(what: string, isTrue: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never came true: ${what}`);
}

function check(what: string, isTrue: boolean): void {
  if (!isTrue) throw new Error(`not so: ${what}`);
}

/** Offers a connection as a proxy does, with whatever key and token. */
async function connect(proxy: Identity, proxyToken: Uint8Array): Promise<Exchanges> {
  const socket = server ?? fail('no server');
  const id = crypto.getRandomValues(new Uint8Array(8));
  const connection = new RTCPeerConnection();
  const exchanges = openExchanges(rtcChannel(connection.createDataChannel('gyre/1')), {
    isOfferer: true,
    answer: () => Promise.reject(new Error('nobody asks a proxy')),
    timers: systemTimers,
    openMs: 3_000,
    idleMs: 10_000,
  });
  const early: RTCIceCandidate[] = [];
  let isOffered = false;
  const candidate = ({ candidate: text, sdpMid, sdpMLineIndex }: RTCIceCandidate) => {
    const where = { mid: sdpMid ?? '', line: sdpMLineIndex ?? 0 };
    socket.relay(encodePeerSignal({ type: 'candidate', connection: id, candidate: text, ...where }));
  };
  connection.onicecandidate = (event) => {
    if (!event.candidate) return;
    if (isOffered) candidate(event.candidate);
    else early.push(event.candidate);
  };
  socket.onRelay = (payload) => {
    const signal = decodePeerSignal(payload);
    if (signal.type === 'answer') void connection.setRemoteDescription({ type: 'answer', sdp: signal.sdp });
    if (signal.type === 'candidate') {
      void connection.addIceCandidate({ candidate: signal.candidate, sdpMid: signal.mid, sdpMLineIndex: signal.line });
    }
  };
  await connection.setLocalDescription();
  const sdp = connection.localDescription?.sdp ?? '';
  const signature = await sign(proxy, signedSignalBytes('offer', id, PROXY, WORKER, sdp));
  socket.relay(encodePeerSignal({ type: 'offer', connection: id, sdp, token: proxyToken, signature }));
  isOffered = true;
  early.forEach(candidate);
  return exchanges;
}

function fail(what: string): never {
  throw new Error(what);
}

async function ask(exchanges: Exchanges, path: string, body = new Uint8Array(0), headers: [string, string][] = []) {
  const method = body.length > 0 ? 'POST' : 'GET';
  const target = `https://demo.example${path}`;
  const response = await exchanges.request(
    { method, target, headers, body: body.length > 0 ? bytesBody(body) : EMPTY_BODY },
    never,
  );
  return { ...response, bytes: await collect(response.body, 2 ** 24) };
}

async function failsWith(code: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    check(`${String(error)} has the code ${code}`, error instanceof ExchangeError && error.code === code);
    return;
  }
  throw new Error(`did not fail with ${code}`);
}

async function story(report: (step: string) => void): Promise<void> {
  Object.assign(globalThis, { WebSocket: FakeServer });
  const [proxy, stranger] = [await identity(), await identity()];
  const node = await identity();
  const publicKey = fromBase64url(await gyreWorker.publicKey());
  await gyreWorker.start({
    signalUrl: 'ws://127.0.0.1/.gyre/signal',
    site: 'demo',
    token: toBase64url(await token(node, 2, publicKey)),
    app: APP,
    cores: 2,
    proxies: [toBase64url(proxy.raw)],
    env: { NAME: 'gyre' },
  });
  await until('registered', () => gyreWorker.state().registered);
  await until('announced', () => server?.runs.includes(APP) ?? false);
  const proven = new Uint8Array([...new TextEncoder().encode('gyre/1 prove'), ...new Uint8Array(32).fill(5)]);
  const key = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
  check('the proof is by the tab', await crypto.subtle.verify('Ed25519', key, server?.proof ?? proven, proven));
  report('registers, proves its key and announces the app');

  const refused = await connect(stranger, await token(stranger, 3, stranger.raw));
  check('refused', (await refused.closed).code === 'deadline');
  check('said why', gyreWorker.state().lastError?.includes('issuer') ?? false);
  const forged = await connect(stranger, await token(proxy, 3, proxy.raw));
  check('refused', (await forged.closed).code === 'deadline');
  check('said why', gyreWorker.state().lastError?.includes('signature') ?? false);
  report('takes no offer of a stranger, nor one with a stolen token');

  const exchanges = await connect(proxy, await token(proxy, 3, proxy.raw));
  const hello = await ask(exchanges, '/hello', undefined, [['cookie', 'user=7']]);
  check('text', new TextDecoder().decode(hello.bytes) === 'hello gyre user=7');
  check(
    'set-cookie',
    hello.headers.some(([name, value]) => name === 'set-cookie' && value === 'seen=1'),
  );
  report('answers with the handler, cookies included');

  const large = new Uint8Array(5_000_000).map((_, index) => index * 7);
  const echoed = await ask(exchanges, '/echo', large);
  check('echo', echoed.bytes.length === large.length && echoed.bytes.every((byte, at) => byte === large[at]));
  report('streams bodies both ways');

  check('500', (await ask(exchanges, '/throw')).status === 500);
  await failsWith('failed', ask(exchanges, '/pass'));
  check('404', (await ask(exchanges, '/nothing')).status === 404);
  report('turns a failing handler into 500, or passes the request on where the app says so');

  const asked = new AbortController();
  const request = { method: 'GET', target: 'https://demo.example/wait', headers: [], body: EMPTY_BODY };
  const waiting = exchanges.request(request, asked.signal).catch(() => undefined);
  await until('in flight', () => gyreWorker.state().inFlight === 1);
  asked.abort(new Error('enough'));
  await waiting;
  await until('not in flight', () => gyreWorker.state().inFlight === 0);
  const counts = await Promise.all([1, 2].map(() => ask(exchanges, '/aborted')));
  check(
    'aborted',
    counts.some(({ bytes }) => new TextDecoder().decode(bytes).includes('1')),
  );
  report("carries a cancellation to the handler's signal");

  const started = performance.now();
  await failsWith('deadline', ask(exchanges, '/loop', undefined, [['gyre-deadline-ms', '300']]));
  check('in time', performance.now() - started < 1_000);
  await until('replaced', () => gyreWorker.state().lastError === 'a worker was ended: it is stuck');
  const after = await Promise.all([1, 2, 3, 4].map(() => ask(exchanges, '/hello')));
  check(
    'all answered',
    after.every(({ status }) => status === 200),
  );
  report('ends an endless loop at its deadline and goes on with a new worker');

  const lane = async () => {
    for (let round = 0; round < 30; round++) check('200', (await ask(exchanges, '/hello')).status === 200);
  };
  await Promise.all(Array.from({ length: 64 }, lane));
  report('answers 64 requests at a time');
  exchanges.close('not-wanted', 'done');
  await until('closed', () => gyreWorker.state().channels === 0);
  report('lets go of a channel that the proxy closed');
}

const steps: string[] = [];
story((step) => steps.push(step)).then(
  () => fetch('/result', { method: 'POST', body: JSON.stringify({ steps }) }),
  (error: unknown) => fetch('/result', { method: 'POST', body: JSON.stringify({ steps, error: String(error) }) }),
);
