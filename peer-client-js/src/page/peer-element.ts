/** Elements that may be marked `data-peer-src`, and where their URL belongs. Shared with the loader: keep it small. */

export const PEER_SRC = 'data-peer-src';

export type PeerElement = HTMLImageElement | HTMLVideoElement | HTMLSourceElement | HTMLAnchorElement;

/** Marked elements in `root`, itself included. */
export function peerElements(root: Element): PeerElement[] {
  const marked = ['img', 'video', 'source', 'a[download]'].map((kind) => `${kind}[${PEER_SRC}]`).join();
  const found = [...root.querySelectorAll<PeerElement>(marked)];
  if (root.matches(marked)) found.unshift(root as PeerElement);
  return found;
}

/** What takes the URL: `src`, a link's `href`, or `srcset` of a picture's source. */
export function target(element: PeerElement): { get(): string | null; set(url: string): void } {
  const parent = element.parentElement;
  const isInPicture = element.localName === 'source' && parent?.localName === 'picture';
  const name = element.localName === 'a' ? 'href' : isInPicture ? 'srcset' : 'src';
  return {
    get: () => element.getAttribute(name),
    set(url) {
      element.setAttribute(name, url);
      // A media element that found no source looks again only when it is told to.
      if (element.localName === 'source' && parent instanceof HTMLMediaElement) parent.load();
    },
  };
}

/** As if there were no mark. */
export function restore(element: PeerElement): void {
  const url = element.getAttribute(PEER_SRC);
  element.removeAttribute(PEER_SRC);
  if (url !== null) target(element).set(url);
}
