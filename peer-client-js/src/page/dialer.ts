import type { IceServer, Proxied, Step } from '../port/messages.js';

export interface DialerOptions {
  /** Hands the channel over; throws where the browser cannot transfer it. */
  readonly handOver: (connection: string, channel: RTCDataChannel | MessagePort) => void;
  readonly step: (connection: string, step: Step) => void;
  readonly gone: (connection: string) => void;
}

interface Opening {
  readonly peer: RTCPeerConnection;
  /** Candidates that came before the description they belong to. */
  readonly early: RTCIceCandidateInit[];
}

const LABEL = 'gyre/1';
/** Of exchanges: PROTOCOL.md, section 5. */
const LOW_WATER = 1 << 20;
const MOST = 64;
const MOST_EARLY = 64;

/**
 * Opens connections on the data worker's orders, since only a page may, and hands their channels over at once. What is
 * said on a channel never touches the page's main thread, unless the browser cannot transfer it.
 */
export class Dialer {
  readonly #options: DialerOptions;
  readonly #open = new Map<string, Opening>();

  constructor(options: DialerOptions) {
    this.#options = options;
  }

  dial(connection: string, ice: readonly IceServer[]): void {
    this.#attempt(connection, async () => {
      const peer = this.#connect(connection, ice);
      this.#handOver(connection, peer.createDataChannel(LABEL, { ordered: true }));
      await peer.setLocalDescription();
      this.#describe(connection, peer, 'offer');
    });
  }

  accept(connection: string, ice: readonly IceServer[], sdp: string): void {
    this.#attempt(connection, async () => {
      const peer = this.#connect(connection, ice);
      peer.addEventListener('datachannel', ({ channel }) => {
        if (channel.label === LABEL) this.#handOver(connection, channel);
        else channel.close();
      });
      await peer.setRemoteDescription({ type: 'offer', sdp });
      await this.#addEarly(connection);
      await peer.setLocalDescription();
      this.#describe(connection, peer, 'answer');
    });
  }

  /** What the other end says. */
  step(connection: string, step: Step): void {
    const opening = this.#open.get(connection);
    if (opening === undefined) return;
    this.#attempt(connection, async () => {
      if (step.type === 'candidate') {
        const { candidate, mid, line } = step;
        const init = { candidate, sdpMid: mid, sdpMLineIndex: line };
        if (opening.peer.remoteDescription !== null) await opening.peer.addIceCandidate(init);
        else if (opening.early.length < MOST_EARLY) opening.early.push(init);
      } else if (step.type === 'answer') {
        await opening.peer.setRemoteDescription({ type: 'answer', sdp: step.sdp });
        await this.#addEarly(connection);
      }
    });
  }

  hangUp(connection: string): void {
    this.#open.get(connection)?.peer.close();
    this.#open.delete(connection);
  }

  close(): void {
    for (const connection of [...this.#open.keys()]) this.hangUp(connection);
  }

  #connect(connection: string, ice: readonly IceServer[]): RTCPeerConnection {
    if (this.#open.size >= MOST) throw new RangeError('too many connections');
    const iceServers = ice.map(({ urls, ...rest }) => ({ urls: [...urls], ...rest }));
    const peer = new RTCPeerConnection({ iceServers });
    this.#open.set(connection, { peer, early: [] });
    peer.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate === null || candidate.candidate === '') return;
      const { sdpMid, sdpMLineIndex } = candidate;
      const step = { candidate: candidate.candidate, mid: sdpMid ?? '0', line: sdpMLineIndex ?? 0 };
      this.#options.step(connection, { type: 'candidate', ...step });
    });
    peer.addEventListener('connectionstatechange', () => {
      if (peer.connectionState === 'failed' || peer.connectionState === 'closed') this.#fail(connection);
    });
    return peer;
  }

  #describe(connection: string, peer: RTCPeerConnection, type: 'offer' | 'answer'): void {
    const sdp = peer.localDescription?.sdp;
    if (sdp !== undefined) this.#options.step(connection, { type, sdp });
  }

  async #addEarly(connection: string): Promise<void> {
    const opening = this.#open.get(connection);
    for (const candidate of opening?.early.splice(0) ?? []) await opening?.peer.addIceCandidate(candidate);
  }

  /** A channel can be transferred only right now: before any other step of the connection. */
  #handOver(connection: string, channel: RTCDataChannel): void {
    try {
      this.#options.handOver(connection, channel);
    } catch {
      const { port1, port2 } = new MessageChannel();
      proxy(channel, port1);
      this.#options.handOver(connection, port2);
    }
  }

  #attempt(connection: string, steps: () => Promise<void>): void {
    steps().catch(() => this.#fail(connection));
  }

  #fail(connection: string): void {
    if (!this.#open.has(connection)) return;
    this.hangUp(connection);
    this.#options.gone(connection);
  }
}

/** Carries what is said between a channel that stays in the page and the data worker. */
function proxy(channel: RTCDataChannel, port: MessagePort): void {
  const say = (message: Proxied, transfer: Transferable[] = []) => port.postMessage(message, transfer);
  let unsent = 0;
  const tellSent = () => {
    const sent = unsent - channel.bufferedAmount;
    if (sent <= 0) return;
    unsent -= sent;
    say({ type: 'sent', bytes: sent });
  };
  channel.binaryType = 'arraybuffer';
  channel.bufferedAmountLowThreshold = LOW_WATER;
  channel.onopen = () => say({ type: 'open' });
  channel.onclose = () => say({ type: 'close' });
  channel.onbufferedamountlow = tellSent;
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data instanceof ArrayBuffer) say({ type: 'message', bytes: new Uint8Array(data) }, [data]);
  };
  port.onmessage = ({ data }: MessageEvent<Proxied>) => {
    if (data.type === 'close') channel.close();
    if (data.type !== 'message' || channel.readyState !== 'open') return;
    unsent += data.bytes.byteLength;
    channel.send(data.bytes);
    if (channel.bufferedAmount <= LOW_WATER) tellSent();
  };
}
