import { rtcChannel } from '../exchange/rtc-channel.js';
import type { DataToPage, PageToData } from '../port/messages.js';
import { openIndexedStore } from '../store/indexed.js';
import { MemoryStore } from '../store/memory.js';
import type { ChunkStore } from '../store/store.js';
import { deferred } from '../time/deferred.js';
import { systemTimers } from '../time/timers.js';
import { within } from '../time/within.js';
import { portChannel } from './channels.js';
import { serveReader } from './readers.js';
import { Visitor } from './visitor.js';

const QUOTA = 256 * 2 ** 20;
const QUOTA_SHARE = 0.2;
/** Larger representations are left to the service worker and HTTP: an element would have to wait for their last byte. */
const BLOB_MOST = 16 * 2 ** 20;
/** A browser whose database hangs is one that refuses it. */
const OPEN_MS = 2_000;

const blobs = new Map<number, AbortController>();
const started = deferred<Visitor>();
const joined = deferred<Visitor>();
let isConsentGiven = false;
let isJoined = false;
let isPolicyKnown = false;

function tell(message: DataToPage): void {
  postMessage(message);
}

/** The data worker: one per page, started by peer-client.js; all messages come from there. */
export function startDataWorker(): void {
  addEventListener('message', ({ data }: MessageEvent<PageToData>) => {
    // Whatever fails here, the page is as if Gyre were not there.
    void take(data).catch(() => undefined);
  });
}

async function take(message: PageToData): Promise<void> {
  switch (message.type) {
    case 'start':
      return start(message);
    case 'consent':
      isConsentGiven = true;
      return join(await started.promise);
    case 'presence':
      (await started.promise).attend(message.presence);
      return join(await started.promise);
    case 'navigated':
      return (await joined.promise).navigated(message.page);
    case 'reader':
      return read(message.port);
    case 'channel': {
      const { channel } = message;
      const isPort = channel instanceof MessagePort;
      (await started.promise).neighbours.channel(
        message.connection,
        isPort ? portChannel(channel) : rtcChannel(channel),
      );
      return;
    }
    case 'step':
      return (await started.promise).neighbours.said(message.connection, message.step);
    case 'gone':
      return (await started.promise).neighbours.gone(message.connection);
    case 'blob':
      return fill(message.id, new URL(message.url));
    case 'drop':
      blobs.get(message.id)?.abort();
      return;
    case 'loaded':
      return (await joined.promise).loaded(message.resources);
    case 'stats':
      return tell({ type: 'stats', id: message.id, stats: await (await started.promise).stats() });
    default:
      message satisfies never;
  }
}

async function start(message: Extract<PageToData, { type: 'start' }>): Promise<void> {
  try {
    await begin(message);
  } catch {
    joined.reject(new Error('no session'));
    tell({ type: 'failed' });
  }
}

async function begin(message: Extract<PageToData, { type: 'start' }>): Promise<void> {
  const { page, carried, presence, hasConsent } = message;
  isConsentGiven ||= hasConsent;
  const base = new URL('/', location.href);
  const visitor = new Visitor({ store: await openStore(), base, page, carried, presence, tell });
  started.resolve(visitor);
  const { consent, elementMs } = await visitor.policy();
  tell({ type: 'policy', consent, elementMs });
  isPolicyKnown = true;
  if (consent === 'implied') isConsentGiven = true;
  if (consent === 'off') joined.reject(new Error('the site shares nothing'));
  else join(visitor);
}

function join(visitor: Visitor): void {
  if (!isPolicyKnown || !isConsentGiven) return;
  visitor.join();
  if (!isJoined) joined.resolve(visitor);
  isJoined = true;
}

async function openStore(): Promise<ChunkStore> {
  const opening = async () => {
    const { quota = QUOTA / QUOTA_SHARE } = await navigator.storage.estimate();
    return openIndexedStore(Math.min(QUOTA, quota * QUOTA_SHARE));
  };
  const opened = await within(systemTimers, opening(), OPEN_MS).catch(() => undefined);
  return opened ?? new MemoryStore(QUOTA / 8);
}

function read(port: MessagePort): void {
  serveReader(port, {
    timers: systemTimers,
    async open(url, waitedMs, signal) {
      const askedMs = systemTimers.now() - waitedMs;
      return (await joined.promise).open(url, askedMs, signal);
    },
    onAnswered: (url, from, bytes) => void started.promise.then((visitor) => visitor.answered(url, from, bytes)),
    onStreamed: (url) => void started.promise.then((visitor) => visitor.streamed(url)),
  });
}

/** Reads all of a resource for an element of the page. */
async function fill(id: number, url: URL): Promise<void> {
  const controller = new AbortController();
  blobs.set(id, controller);
  try {
    const opened = await (await joined.promise).open(url, systemTimers.now(), controller.signal);
    if (opened === undefined || opened.manifest.size > BLOB_MOST) return tell({ type: 'pass', id });
    const parts: BlobPart[] = [];
    const range = { first: 0, last: opened.manifest.size - 1 };
    for await (const bytes of opened.read(range, controller.signal)) {
      tell({ type: 'arriving', id });
      parts.push(bytes.slice());
    }
    const type = opened.manifest.headers.find(([name]) => name === 'content-type')?.[1] ?? '';
    tell({ type: 'blob', id, blob: new Blob(parts, { type }) });
  } catch {
    tell({ type: 'pass', id });
  } finally {
    blobs.delete(id);
  }
}
