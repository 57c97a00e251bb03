import { openExchanges } from '../exchange/exchanges.js';
import { rtcChannel } from '../exchange/rtc-channel.js';
import type { Answerer } from '../exchange/types.js';
import type { Timers } from '../time/timers.js';
import type { PeerId, PeerSignal } from '../wire/messages.js';
import { connectionKey } from './offer-desk.js';

const CHANNEL_LABEL = 'gyre/1';
const MOST_LINKS = 64;
const MOST_CANDIDATES = 64;
/** From the offer to the open channel. */
const OPEN_MS = 15_000;
const IDLE_MS = 60_000;

export interface LinksOptions {
  readonly ice: readonly RTCIceServer[];
  readonly timers: Timers;
  readonly answer: Answerer;
  readonly send: (to: PeerId, signal: PeerSignal) => void;
  readonly signAnswer: (connection: Uint8Array, to: PeerId, sdp: string) => Promise<PeerSignal>;
  readonly onError: (error: unknown) => void;
}

interface Link {
  readonly connection: RTCPeerConnection;
  /** What came before there was a remote description to add it to. */
  readonly early: RTCIceCandidateInit[];
  isDescribed: boolean;
  isOpen: boolean;
}

/** The connections to proxies: they offer, we answer. */
export class ProxyLinks {
  readonly #links = new Map<string, Link>();

  constructor(readonly options: LinksOptions) {}

  get openChannels(): number {
    return [...this.#links.values()].filter((link) => link.isOpen).length;
  }

  /** Takes an offer that has been checked. */
  async offered(from: PeerId, connectionId: Uint8Array, sdp: string): Promise<void> {
    const id = connectionKey(from, connectionId);
    if (this.#links.has(id)) return;
    if (this.#links.size >= MOST_LINKS) {
      this.options.send(from, { type: 'bye', connection: connectionId, reason: 'too many connections' });
      return;
    }
    const link = this.#open(id, from, connectionId);
    try {
      await this.#describe(link, from, connectionId, sdp);
    } catch (error) {
      this.options.onError(error);
      this.#close(id);
    }
  }

  candidate(from: PeerId, { connection, candidate, mid, line }: PeerSignal & { type: 'candidate' }): void {
    const link = this.#links.get(connectionKey(from, connection));
    if (!link) return;
    const init = { candidate, sdpMid: mid, sdpMLineIndex: line };
    if (link.isDescribed) this.#addCandidate(link, init);
    else if (link.early.length < MOST_CANDIDATES) link.early.push(init);
  }

  bye(from: PeerId, connection: Uint8Array): void {
    this.#close(connectionKey(from, connection));
  }

  close(): void {
    for (const id of [...this.#links.keys()]) this.#close(id);
  }

  #open(id: string, from: PeerId, connectionId: Uint8Array): Link {
    const connection = new RTCPeerConnection({ iceServers: [...this.options.ice] });
    const link: Link = { connection, early: [], isDescribed: false, isOpen: false };
    this.#links.set(id, link);
    const cancel = this.options.timers.schedule(() => {
      if (!link.isOpen) this.#close(id);
    }, OPEN_MS);
    connection.onicecandidate = ({ candidate }) => {
      if (!candidate) return;
      const { sdpMid, sdpMLineIndex } = candidate;
      const where = { mid: sdpMid ?? '', line: sdpMLineIndex ?? 0 };
      this.options.send(from, {
        type: 'candidate',
        connection: connectionId,
        candidate: candidate.candidate,
        ...where,
      });
    };
    connection.onconnectionstatechange = () => {
      if (connection.connectionState === 'failed' || connection.connectionState === 'closed') this.#close(id);
    };
    connection.ondatachannel = ({ channel }) => {
      if (channel.label !== CHANNEL_LABEL || link.isOpen) channel.close();
      else {
        cancel();
        this.#serve(id, link, channel);
      }
    };
    return link;
  }

  async #describe(link: Link, from: PeerId, connectionId: Uint8Array, sdp: string): Promise<void> {
    const { connection } = link;
    await connection.setRemoteDescription({ type: 'offer', sdp });
    link.isDescribed = true;
    for (const candidate of link.early.splice(0)) this.#addCandidate(link, candidate);
    const answer = await connection.createAnswer();
    const signed = await this.options.signAnswer(connectionId, from, answer.sdp ?? '');
    // Candidates come with the local description: the answer leaves before them.
    this.options.send(from, signed);
    await connection.setLocalDescription(answer);
  }

  #addCandidate(link: Link, candidate: RTCIceCandidateInit): void {
    link.connection.addIceCandidate(candidate).catch(this.options.onError);
  }

  #serve(id: string, link: Link, channel: RTCDataChannel): void {
    link.isOpen = true;
    const { answer, timers } = this.options;
    const exchanges = openExchanges(rtcChannel(channel), {
      isOfferer: false,
      answer,
      timers,
      openMs: OPEN_MS,
      idleMs: IDLE_MS,
    });
    void exchanges.closed.then(() => {
      this.#close(id);
    });
  }

  #close(id: string): void {
    const link = this.#links.get(id);
    if (!link) return;
    this.#links.delete(id);
    link.isOpen = false;
    link.connection.onicecandidate = link.connection.onconnectionstatechange = link.connection.ondatachannel = null;
    link.connection.close();
  }
}
