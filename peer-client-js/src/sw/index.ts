import type { PortOffer, PortWish, RefusedPort } from '../port/messages.js';
import type { SiteScope } from '../port/site.js';
import { openIndexedStore } from '../store/indexed.js';
import type { ChunkStore } from '../store/store.js';
import { systemTimers as timers } from '../time/timers.js';
import { within } from '../time/within.js';
import type { HeaderField } from '../wire/messages.js';
import { decide, type Decision } from './decide.js';
import { Line } from './line.js';
import { isOurs } from './ours.js';
import { answerFromStore, isSameVersion } from './own-store.js';
import { Ports } from './ports.js';
import { type InstallEvent, networkRules, type RouterRule } from './routes.js';

declare const self: ServiceWorkerGlobalScope & SiteScope;

/** A data worker that answers says so every 2 s, and hedges by itself: silence means that it is gone. */
const SILENCE_MS = 10_000;

/** While one of these is loading, the page may not have run the very script that would offer a port. */
const BLOCKS_SCRIPTS = new Set(['style', 'script']);

const policy = self.gyreSite?.policy;
const hedgeMs = () => policy?.hedgeMs ?? 0;
const store: { current: Promise<ChunkStore> | undefined } = { current: undefined };

const ports = new Ports<Line>({
  timers,
  waitMs: hedgeMs,
  async wish(id, wish: PortWish) {
    const client = await self.clients.get(id);
    // A worker of the site's own has nobody who would answer.
    if (client?.type !== 'window') return false;
    client.postMessage(wish);
    return true;
  },
  onPort: () => undefined,
});

/**
 * The service worker, as `/peer-sw.js` starts it. Where that was imported by a site's own service worker, it answers what
 * it may answer, and leaves installing and claiming to the site.
 */
export function startServiceWorker(): void {
  if (isOurs()) {
    self.addEventListener('install', (event) => {
      const routes = addRoutes(event, networkRules(policy?.never ?? []));
      event.waitUntil(Promise.all([self.skipWaiting(), routes]));
    });
    self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
  }
  self.addEventListener('message', (event) => {
    const message = event.data as Partial<PortOffer | RefusedPort> | null;
    const client = event.source instanceof Client ? event.source.id : undefined;
    if (client === undefined || typeof message !== 'object' || message === null) return;
    const [port] = event.ports;
    if (message.gyre === 'port' && port !== undefined) {
      const onLate = () => ports.revived(client, line);
      const line: Line = new Line(port, { timers, headMs: hedgeMs, silenceMs: SILENCE_MS, onLate });
      ports.offered(client, line);
    } else if (message.gyre === 'none') {
      ports.silence(client);
    } else if (message.gyre === 'off') {
      ports.turnedOff(client);
      forgetStore();
    }
  });

  self.addEventListener('fetch', (event) => {
    if (policy === undefined || policy.consent === 'off' || event.clientId === '' || ports.isOff(event.clientId))
      return;
    const { request } = event;
    const { url, method, mode, destination, cache, referrer, headers } = request;
    const facts = { url, method, mode, destination, cache, referrer, header: (name: string) => headers.get(name) };
    const decision = decide(facts, self.location.origin, policy);
    if (decision.kind === 'answer') event.respondWith(answer(event, decision));
  });
  watchHttp();
}

async function addRoutes(event: Event, rules: readonly RouterRule[]): Promise<void> {
  const { addRoutes: add } = event as InstallEvent;
  // Without the routing API, or with an older form of it, every request asks us: slower, but right.
  await add?.call(event, rules).catch(() => undefined);
}

/** From the own store, from the page's data worker, or over HTTP as if we were not there. */
async function answer(event: FetchEvent, decision: Extract<Decision, { kind: 'answer' }>): Promise<Response> {
  const askedMs = timers.now();
  try {
    const found =
      (await fromStore(event, decision).catch(storeFailed)) ?? (await fromDataWorker(event, decision, askedMs));
    if (found !== undefined) return found;
  } catch {
    // HTTP knows better.
  }
  if (overHttp.size < MOST_OVER_HTTP) overHttp.set(event.request.url, event.clientId);
  return fetch(event.request);
}

/** What HTTP answered, and to which page; our own Resource Timing tells how many bytes that were. */
const overHttp = new Map<string, string>();
const MOST_OVER_HTTP = 256;

function watchHttp(): void {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const client = overHttp.get(entry.name);
      if (client === undefined || !(entry instanceof PerformanceResourceTiming)) continue;
      overHttp.delete(entry.name);
      const { name, transferSize, encodedBodySize } = entry;
      const from = transferSize === 0 && encodedBodySize > 0 ? 'httpCache' : 'origin';
      void ports.of(client).then((line) => line?.tellAnswered(name, from, encodedBodySize));
    }
    performance.clearResourceTimings();
  }).observe({ type: 'resource' });
}

async function fromStore(
  { request, clientId }: FetchEvent,
  { resource, range, url }: Extract<Decision, { kind: 'answer' }>,
): Promise<Response | undefined> {
  const wanted = { resource, range, ifRange: request.headers.get('if-range') };
  const opened = await within(timers, openStore(), hedgeMs());
  const found =
    opened === undefined ? undefined : await within(timers, answerFromStore(opened, wanted, Date.now()), hedgeMs());
  if (found === undefined) return undefined;
  void ports.of(clientId).then((line) => line?.tellAnswered(url.href, 'ownStore', found.bytes));
  return found.response;
}

async function fromDataWorker(
  { request, clientId }: FetchEvent,
  { range, url }: Extract<Decision, { kind: 'answer' }>,
  askedMs: number,
): Promise<Response | undefined> {
  const line = BLOCKS_SCRIPTS.has(request.destination) ? ports.here(clientId) : await ports.of(clientId);
  if (line === undefined) return undefined;
  const ifRange = request.headers.get('if-range');
  const waitedMs = timers.now() - askedMs;
  const accepts = (headers: readonly HeaderField[]) => isSameVersion(headers, ifRange);
  const outcome = await line.ask({ url: url.href, range, waitedMs, accepts });
  if (outcome === 'silent') ports.lost(clientId, line);
  else ports.heard(clientId);
  if (typeof outcome === 'string') return undefined;
  const headers = outcome.headers.map(([name, value]): [string, string] => [name, value]);
  return new Response(outcome.body, { status: outcome.status, headers });
}

function openStore(): Promise<ChunkStore> {
  // The quota is the data workers' matter: nothing is written here.
  store.current ??= openIndexedStore(0).catch((failure: unknown) => {
    store.current = undefined;
    throw failure;
  });
  return store.current;
}

/** The next request opens it anew; answers that are still read from it go on. */
function storeFailed(): undefined {
  store.current = undefined;
}

function forgetStore(): void {
  void store.current?.then((opened) => opened.close()).catch(() => undefined);
  store.current = undefined;
}
