import type { PeerId, PeerReport } from '../wire/messages.js';

interface Seen {
  received: number;
  bad: number;
  rttMs: number;
  /** Bytes ever sent to it, as of the last report. */
  sent: number;
}

/** What was seen of each peer since the last report: bytes in both directions, chunks that were lies, how fast it answers. */
export class Sightings {
  readonly #seen = new Map<PeerId, Seen>();

  received(peer: PeerId, bytes: number): void {
    this.#of(peer).received += bytes;
  }

  answered(peer: PeerId, afterMs: number): void {
    this.#of(peer).rttMs = Math.round(afterMs);
  }

  lied(peer: PeerId): void {
    this.#of(peer).bad += 1;
  }

  /** `sent`: bytes ever sent to each peer that is connected now; the others are forgotten after this. */
  report(sent: ReadonlyMap<PeerId, number | undefined>): readonly PeerReport[] {
    for (const peer of sent.keys()) this.#of(peer);
    const reports: PeerReport[] = [];
    for (const [peer, seen] of this.#seen) {
      const now = sent.get(peer) ?? seen.sent;
      const served = Math.max(0, now - seen.sent);
      const { received, bad, rttMs } = seen;
      if (served + received + bad > 0) reports.push({ peer, served, received, badChunks: bad, rttMs });
      if (sent.has(peer)) this.#seen.set(peer, { ...seen, received: 0, bad: 0, sent: now });
      else this.#seen.delete(peer);
    }
    return reports;
  }

  #of(peer: PeerId): Seen {
    const seen = this.#seen.get(peer) ?? { received: 0, bad: 0, rttMs: 0, sent: 0 };
    this.#seen.set(peer, seen);
    return seen;
  }
}
