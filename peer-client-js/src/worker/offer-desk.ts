import { toBase64url } from '../wire/base64url.js';
import type { PeerId, PeerSignal, SignedSdp } from '../wire/messages.js';

/** Offers under check at the same time, and candidates that wait for one of them. */
const MOST_OFFERS = 64;
const MOST_CANDIDATES = 64;

type Candidate = PeerSignal & { readonly type: 'candidate' };

/** The connections to proxies, as the desk sees them. */
export interface OfferedLinks {
  /** Takes an offer that has been checked; the link is there before the promise is. */
  offered(from: PeerId, connection: Uint8Array, sdp: string): Promise<void>;
  candidate(from: PeerId, candidate: Candidate): void;
  bye(from: PeerId, connection: Uint8Array): void;
}

export interface OfferDeskOptions {
  readonly links: OfferedLinks;
  /** Why the offer is not taken; undefined where it is. */
  readonly fault: (offer: SignedSdp, from: PeerId) => Promise<string | undefined>;
  readonly onRefused: (from: PeerId, fault: string) => void;
}

/**
 * Where signals of proxies arrive. An offer's signatures take a while to check; its candidates, which may overtake the
 * check, wait for its end in their order.
 */
export class OfferDesk {
  readonly #checking = new Map<string, Candidate[]>();

  constructor(readonly options: OfferDeskOptions) {}

  /** Resolves when the signal has been dealt with. */
  async take(from: PeerId, signal: PeerSignal): Promise<void> {
    const { links } = this.options;
    const id = connectionKey(from, signal.connection);
    const waiting = this.#checking.get(id);
    switch (signal.type) {
      case 'offer':
        if (!waiting && this.#checking.size < MOST_OFFERS) await this.#check(id, from, signal);
        return;
      case 'candidate':
        if (!waiting) links.candidate(from, signal);
        else if (waiting.length < MOST_CANDIDATES) waiting.push(signal);
        return;
      case 'bye':
        if (!this.#checking.delete(id)) links.bye(from, signal.connection);
        return;
      case 'answer':
        return; // the proxies offer
    }
  }

  async #check(id: string, from: PeerId, offer: SignedSdp): Promise<void> {
    const candidates: Candidate[] = [];
    this.#checking.set(id, candidates);
    let fault: string | undefined;
    let isWanted = false;
    try {
      fault = await this.options.fault(offer, from);
    } finally {
      isWanted = this.#checking.get(id) === candidates;
      if (isWanted) this.#checking.delete(id);
    }
    if (fault) this.options.onRefused(from, fault);
    else if (isWanted) {
      const described = this.options.links.offered(from, offer.connection, offer.sdp);
      for (const candidate of candidates) this.options.links.candidate(from, candidate);
      await described;
    }
  }
}

/** One connection among those of all peers. */
export function connectionKey(peer: PeerId, connection: Uint8Array): string {
  return `${peer} ${toBase64url(connection)}`;
}
