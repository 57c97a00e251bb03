import { type Carried, MOST_UNHARVESTED } from '../port/messages.js';

/**
 * What the visitor decided, in localStorage, and what one page leaves to the next, in sessionStorage. Where the browser
 * refuses either, decisions last as long as the page.
 */
export interface Memory {
  isOff: boolean;
  hasConsent: boolean | undefined;
  carried: Carried | undefined;
}

export const OFF = 'gyre.off';
export const CONSENT = 'gyre.consent';
const CARRIED = 'gyre';

export function openMemory(): Memory {
  const lasting = storage('localStorage');
  const passing = storage('sessionStorage');
  return {
    get isOff() {
      return lasting.get(OFF) === 'yes';
    },
    set isOff(isOff) {
      lasting.set(OFF, isOff ? 'yes' : undefined);
    },
    get hasConsent() {
      const said = lasting.get(CONSENT);
      return said === undefined ? undefined : said === 'yes';
    },
    set hasConsent(hasConsent) {
      lasting.set(CONSENT, hasConsent === undefined ? undefined : hasConsent ? 'yes' : 'no');
    },
    get carried() {
      return parse(passing.get(CARRIED));
    },
    set carried(carried) {
      passing.set(CARRIED, carried === undefined ? undefined : JSON.stringify(carried));
    },
  };
}

function parse(text: string | undefined): Carried | undefined {
  if (text === undefined) return undefined;
  try {
    const carried = JSON.parse(text) as Partial<Carried>;
    const { resume, session, sessionMs, uploadedBytes, unharvested } = carried;
    if (typeof resume !== 'string' || typeof session !== 'string') return undefined;
    if (typeof sessionMs !== 'number' || typeof uploadedBytes !== 'number') return undefined;
    if (!Array.isArray(unharvested) || unharvested.length > MOST_UNHARVESTED) return undefined;
    const isOfSite = (url: unknown) => typeof url === 'string' && url.startsWith(`${location.origin}/`);
    return { resume, session, sessionMs, uploadedBytes, unharvested: unharvested.filter(isOfSite) };
  } catch {
    return undefined;
  }
}

interface Texts {
  get(key: string): string | undefined;
  set(key: string, value: string | undefined): void;
}

function storage(kind: 'localStorage' | 'sessionStorage'): Texts {
  const here = new Map<string, string>();
  return {
    get(key) {
      try {
        return globalThis[kind].getItem(key) ?? here.get(key);
      } catch {
        return here.get(key);
      }
    },
    set(key, value) {
      if (value === undefined) here.delete(key);
      else here.set(key, value);
      try {
        if (value === undefined) globalThis[kind].removeItem(key);
        else globalThis[kind].setItem(key, value);
      } catch {
        // The page's own memory has it.
      }
    },
  };
}
