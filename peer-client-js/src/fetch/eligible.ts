import { Limits } from '../wire/limits.js';

/** Which resources of a site may come from peers; patterns of gyre.yaml, where `*` stands for anything. */
export interface Eligibility {
  readonly eligible: readonly string[];
  readonly never: readonly string[];
}

/** Paths that are Gyre's own. */
const OWN = ['/.gyre/*', '/peer-client.js', '/peer-sw.js'];

/**
 * True where the site's policy allows this URL to come from peers. Says nothing about its bytes: those need a manifest.
 * What is too long for a message is not. No pattern in `eligible` means that every path is.
 */
export function isEligible(url: URL, policy: Eligibility): boolean {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  if (!isNameable(resourceOf(url))) return false;
  if ([...OWN, ...policy.never].some((pattern) => matches(pattern, url))) return false;
  return policy.eligible.length === 0 || policy.eligible.some((pattern) => matches(pattern, url));
}

function matches(pattern: string, url: URL): boolean {
  return matchesText(pattern, url.pathname) || matchesText(pattern, url.pathname + url.search);
}

/** Linear in the text: a pattern of a policy must not be able to stall a page. */
function matchesText(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const [head = '', ...rest] = parts;
  const tail = rest.pop();
  if (tail === undefined) return text === pattern;
  if (!text.startsWith(head)) return false;
  let at = head.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - at >= tail.length && text.endsWith(tail);
}

/** True where messages can carry the resource. URLs are ASCII once they are parsed: each character is one byte. */
export function isNameable(resource: string): boolean {
  return resource.length <= Limits.RESOURCE;
}

/** The resource (PROTOCOL, 1) that a URL names. */
export function resourceOf(url: URL): string {
  return `//${url.host}${url.pathname}${url.search}`;
}
