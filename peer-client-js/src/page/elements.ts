import { PEER_SRC, type PeerElement, peerElements, restore, target } from './peer-element.js';

export interface ElementsOptions {
  /** Asks the data worker for all bytes of a URL. */
  readonly ask: (id: number, url: string) => void;
  readonly drop: (id: number) => void;
  /** How long an element waits for its first verified bytes. */
  readonly elementMs: () => number;
}

interface Waiting {
  readonly whole: (blob: Blob | undefined) => void;
  readonly askedMs: number;
  isArriving: boolean;
  cancelDeadline: () => void;
}

/** Once bytes arrive, an element waits this many times longer for the next: the data worker hedges over HTTP meanwhile. */
const PATIENCE = 10;

/**
 * Element mode: fills elements marked `data-peer-src` with bytes from peers, and restores their `src` as soon as that
 * fails or takes too long. For visitors whom no service worker serves yet.
 */
export class Elements {
  readonly #options: ElementsOptions;
  readonly #waiting = new Map<number, Waiting>();
  /** What each element was marked with last: only that may still fill it. */
  readonly #latest = new WeakMap<PeerElement, object>();
  readonly #observer: MutationObserver;
  #isOver = false;
  #last = 0;

  constructor(options: ElementsOptions) {
    this.#options = options;
    this.#observer = new MutationObserver((records) => {
      for (const { target: node, addedNodes } of records) {
        for (const added of [node, ...addedNodes]) if (added instanceof Element) this.#takeIn(added);
      }
    });
    this.#observer.observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: [PEER_SRC] });
    addEventListener('securitypolicyviolation', this.#onViolation);
    this.#takeIn(document.documentElement);
  }

  /** The site's own delay is known by now: it counts for elements that wait already. */
  delayKnown(): void {
    for (const [id, waiting] of this.#waiting) {
      if (waiting.isArriving) continue;
      waiting.cancelDeadline();
      waiting.cancelDeadline = this.#deadline(id, this.#options.elementMs() - (performance.now() - waiting.askedMs));
    }
  }

  /** Verified bytes are here: each chunk renews the deadline. */
  arriving(id: number): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    waiting.cancelDeadline();
    waiting.isArriving = true;
    waiting.cancelDeadline = this.#deadline(id, this.#options.elementMs() * PATIENCE);
  }

  /** Undefined: peers cannot help with it. */
  filled(id: number, blob: Blob | undefined): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    waiting.cancelDeadline();
    waiting.whole(blob);
  }

  /** From now on every element, also a later one, gets its `src` at once. */
  giveUp(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    removeEventListener('securitypolicyviolation', this.#onViolation);
    for (const id of [...this.#waiting.keys()]) this.#fail(id);
    this.#takeIn(document.documentElement);
  }

  #onViolation = ({ blockedURI }: SecurityPolicyViolationEvent) => {
    if (blockedURI.startsWith('blob')) this.giveUp();
  };

  #takeIn(root: Element): void {
    for (const element of peerElements(root)) {
      if (this.#isOver || isLazy(element)) restore(element);
      else if (element instanceof HTMLAnchorElement) this.#takeInLink(element);
      else this.#fill(element, claim(element));
    }
  }

  #fill(element: PeerElement, url: string): void {
    const mark = {};
    this.#latest.set(element, mark);
    const before = target(element).get();
    this.#ask(url, (blob) => {
      // The page marked it anew or gave it a source by itself meanwhile.
      if (this.#latest.get(element) !== mark || target(element).get() !== before) return;
      if (blob === undefined) return target(element).set(url);
      const blobUrl = URL.createObjectURL(blob);
      const isPicture = element instanceof HTMLImageElement;
      const onError = () => {
        URL.revokeObjectURL(blobUrl);
        if (target(element).get() === blobUrl) target(element).set(url);
      };
      element.addEventListener('error', onError, { once: true });
      if (isPicture) {
        const onLoad = () => {
          element.removeEventListener('error', onError);
          URL.revokeObjectURL(blobUrl);
        };
        element.addEventListener('load', onLoad, { once: true });
      }
      target(element).set(blobUrl);
    });
  }

  /** A link works at once, as if we were not there; a click asks peers first. */
  #takeInLink(link: HTMLAnchorElement): void {
    const url = claim(link);
    link.href = url;
    link.addEventListener('click', (event) => {
      if (
        this.#isOver ||
        event.defaultPrevented ||
        event.button !== 0 ||
        link.getAttribute('href') !== url ||
        siteUrl(url) === undefined
      ) {
        return;
      }
      event.preventDefault();
      this.#ask(url, (blob) => save(link, blob === undefined ? url : URL.createObjectURL(blob)));
    });
  }

  #ask(url: string, whole: (blob: Blob | undefined) => void): void {
    const absolute = siteUrl(url);
    if (absolute === undefined) return whole(undefined);
    const id = ++this.#last;
    const cancelDeadline = this.#deadline(id, this.#options.elementMs());
    this.#waiting.set(id, { whole, askedMs: performance.now(), isArriving: false, cancelDeadline });
    this.#options.ask(id, absolute);
  }

  #deadline(id: number, ms: number): () => void {
    const timer = setTimeout(() => this.#fail(id), ms);
    return () => clearTimeout(timer);
  }

  #fail(id: number): void {
    if (!this.#waiting.has(id)) return;
    this.#options.drop(id);
    this.filled(id, undefined);
  }
}

/** Only the browser knows when it is due. */
function isLazy(element: PeerElement): boolean {
  const shown = element.closest('picture')?.querySelector('img') ?? element;
  return shown.matches('[loading=lazy i]');
}

/** Takes the mark off, so that nobody fills the element twice. */
function claim(element: PeerElement): string {
  const url = element.getAttribute(PEER_SRC) ?? '';
  element.removeAttribute(PEER_SRC);
  return url;
}

/** Undefined where peers cannot help: another origin, or no URL at all. */
function siteUrl(url: string): string | undefined {
  try {
    const { href, origin } = new URL(url, document.baseURI);
    return origin === location.origin ? href : undefined;
  } catch {
    return undefined;
  }
}

function save(link: HTMLAnchorElement, url: string): void {
  const other = document.createElement('a');
  other.href = url;
  other.download = link.download || (new URL(link.href).pathname.split('/').pop() ?? '');
  other.click();
  if (url.startsWith('blob:')) setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
