import { bytesBody, EMPTY_BODY, piecesBody } from '../exchange/body.js';
import { openExchanges } from '../exchange/exchanges.js';
import { rtcChannel } from '../exchange/rtc-channel.js';
import type { Answerer, ExchangeRequest, ExchangeResponse, Piece } from '../exchange/types.js';
import { openSignal } from '../signal/client.js';
import type { SignalClient, Socket } from '../signal/types.js';
import { webSocket } from '../signal/web-socket.js';
import { systemTimers as timers } from '../time/timers.js';
import { hashChunks } from '../verify/digest.js';
import { fromBase64url } from '../wire/base64url.js';
import { Limits } from '../wire/limits.js';
import { decodeManifest } from '../wire/manifest.js';
import { type PeerId, SERVES } from '../wire/messages.js';
import { decodePeerSignal, encodePeerSignal } from '../wire/peer-signal.js';
import { encodeClientMessage } from '../wire/signalling.js';

/**
 * A visitor that lies, for the tests of the whole system: it speaks the protocol well and answers badly. `altered` serves
 * one wrong byte, `forged` right bytes under invented headers, `ignorant` honestly answers that it does not hold them.
 */
type Lie = 'altered' | 'forged' | 'ignorant';

const EMPTY = new Uint8Array(0);
const never = new AbortController().signal;

class HostileVisitor {
  /** Targets that others asked for, in order. */
  readonly asked: string[] = [];
  readonly refused: string[] = [];
  peer: PeerId | undefined;
  #signal: SignalClient | undefined;
  #socket: Socket | undefined;
  readonly #manifests: Uint8Array[] = [];
  readonly #held = new Map<string, Uint8Array>();
  readonly #connections = new Map<string, RTCPeerConnection>();

  /** Registers as any visitor and announces that it holds these paths of the site. */
  async start(lie: Lie, paths: readonly string[]): Promise<PeerId> {
    const session = await (await fetch('/.gyre/session')).json();
    const url = new URL(session.signal, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    await new Promise<void>((resolve) => {
      this.#signal = openSignal({
        url: url.href,
        connect: (address) => (this.#socket = webSocket(address)),
        hello: async () => ({ token: fromBase64url(session.token), page: '', capabilities: SERVES }),
        listener: {
          onWelcome: (welcome) => {
            this.peer = welcome.peer;
            resolve();
          },
          onLost: () => undefined,
          onHint: () => undefined,
          onRunners: () => undefined,
          onRelayed: (from, payload) => void this.#relayed(from, payload, lie),
          onRefused: (code) => this.refused.push(code),
        },
        timers,
        random: Math.random,
      });
    });
    for (const path of paths) await this.#claim(path);
    return this.peer ?? '';
  }

  /** Sends the manifests that it was given back as if it were a proxy. */
  publishAgain(): void {
    this.#socket?.send(encodeClientMessage({ type: 'publish', manifests: this.#manifests, pages: [] }));
  }

  async #claim(path: string): Promise<void> {
    const bytes = new Uint8Array(await (await fetch(path)).arrayBuffer());
    const located = await this.#signal?.locate({ resources: [`//${location.host}${path}`] }, never);
    for (const encoded of located?.manifests ?? []) {
      const { manifest } = decodeManifest(encoded);
      this.#manifests.push(encoded);
      this.#held.set(manifest.digest, bytes);
      this.#signal?.announce({ gained: [manifest.digest] });
    }
  }

  async #relayed(from: PeerId, payload: Uint8Array, lie: Lie): Promise<void> {
    const said = decodePeerSignal(payload);
    const name = String(said.connection);
    if (said.type === 'candidate') {
      const { candidate, mid, line } = said;
      await this.#connections.get(name)?.addIceCandidate({ candidate, sdpMid: mid, sdpMLineIndex: line });
    }
    if (said.type !== 'offer') return;
    const connection = new RTCPeerConnection();
    this.#connections.set(name, connection);
    const tell = (signal: Parameters<typeof encodePeerSignal>[0]) =>
      this.#signal?.relay(from, encodePeerSignal(signal));
    connection.onicecandidate = ({ candidate }) => {
      if (candidate === null || candidate.candidate === '') return;
      const { sdpMid, sdpMLineIndex } = candidate;
      const place = { mid: sdpMid ?? '0', line: sdpMLineIndex ?? 0 };
      tell({ type: 'candidate', connection: said.connection, candidate: candidate.candidate, ...place });
    };
    connection.ondatachannel = ({ channel }) => {
      const answer: Answerer = (request) => this.#answer(request, lie);
      openExchanges(rtcChannel(channel), { isOfferer: false, answer, timers, openMs: 10_000, idleMs: 10_000 });
    };
    await connection.setRemoteDescription({ type: 'offer', sdp: said.sdp });
    await connection.setLocalDescription();
    const sdp = connection.localDescription?.sdp ?? '';
    tell({ type: 'answer', connection: said.connection, sdp, token: EMPTY, signature: EMPTY });
  }

  async #answer(request: ExchangeRequest, lie: Lie): Promise<ExchangeResponse> {
    this.asked.push(request.target);
    const [, kind, digest = ''] = /^\/\.gyre\/(c|chunks)\/(.+)$/.exec(request.target) ?? [];
    const bytes = this.#held.get(digest);
    if (bytes === undefined || lie === 'ignorant') return { status: 504, headers: [], body: EMPTY_BODY };
    if (kind === 'chunks') return { status: 200, headers: [], body: bytesBody(await hashChunks(bytes)) };
    const range = request.headers.find(([name]) => name === 'range')?.[1];
    const [, first = '0', last = String(bytes.length - 1)] = /bytes=(\d+)-(\d+)/.exec(range ?? '') ?? [];
    const part = bytes.slice(Number(first), Number(last) + 1);
    if (lie === 'altered') part[0] = (part[0] ?? 0) ^ 1;
    return {
      status: range === undefined ? 200 : 206,
      headers: [
        ['content-range', `bytes ${first}-${last}/${bytes.length}`],
        ['content-type', 'text/html'],
        ['set-cookie', 'forged=1'],
        ['x-forged', 'yes'],
      ],
      body: piecesBody(chunks(part)),
    };
  }
}

function* chunks(bytes: Uint8Array): Generator<Piece, void> {
  for (let at = 0; at < bytes.length; at += Limits.CHUNK) {
    yield { bytes: bytes.subarray(at, at + Limits.CHUNK), isPacked: false };
  }
}

declare global {
  var hostileVisitor: HostileVisitor;
}
globalThis.hostileVisitor = new HostileVisitor();
