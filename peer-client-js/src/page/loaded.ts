import type { Loaded } from '../port/messages.js';

/** How long loaded resources are gathered before they are told. */
const GATHER_MS = 100;
const KINDS = new Set([
  'img',
  'image',
  'video',
  'audio',
  'css',
  'link',
  'script',
  'track',
  'fetch',
  'xmlhttprequest',
  'source',
]);
/** Media are too large; what scripts ask for may be private (credentials, POST, no-store), and is not told to anybody. */
const NOT_HARVESTED = new Set(['video', 'audio', 'source', 'fetch', 'xmlhttprequest']);

/** Tells which resources of the site the page loaded, also those from before we were here, until `signal` aborts. */
export function watchLoaded(onLoaded: (resources: readonly Loaded[]) => void, signal: AbortSignal): void {
  let gathered: Loaded[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (!(entry instanceof PerformanceResourceTiming) || !isOfSite(entry)) continue;
      if (gathered.length === 0) setTimeout(tell, GATHER_MS);
      gathered.push(loaded(entry));
    }
  });
  const tell = () => {
    const resources = gathered;
    gathered = [];
    if (!signal.aborted) onLoaded(resources);
  };
  observer.observe({ type: 'resource', buffered: true });
  signal.addEventListener('abort', () => observer.disconnect(), { once: true });
}

function isOfSite({ name, initiatorType, responseStatus }: PerformanceResourceTiming): boolean {
  const isGood = responseStatus === undefined || responseStatus === 0 || responseStatus < 400;
  return isGood && KINDS.has(initiatorType) && name.startsWith(`${location.origin}/`);
}

type Entry = Pick<
  PerformanceResourceTiming,
  'name' | 'encodedBodySize' | 'transferSize' | 'initiatorType' | 'workerStart'
>;

export function loaded(entry: Entry): Loaded {
  const { name, encodedBodySize, transferSize, initiatorType, workerStart } = entry;
  return {
    url: name.split('#')[0] ?? name,
    bytes: encodedBodySize,
    isFromCache: transferSize === 0 && encodedBodySize > 0,
    isFromWorker: workerStart > 0,
    isHarvestable: !NOT_HARVESTED.has(initiatorType),
  };
}
