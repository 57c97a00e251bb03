// A visitor reduced to its exchanges: takes one offer, and answers with bytes that follow from their position.
import { EMPTY_BODY, collect, piecesBody } from '@gyre/exchange/body.js';
import { openExchanges } from '@gyre/exchange/exchanges.js';
import { rtcChannel } from '@gyre/exchange/rtc-channel.js';
import type { Body, ExchangeRequest, ExchangeResponse, Piece } from '@gyre/exchange/types.js';
import { systemTimers } from '@gyre/time/timers.js';

const CHUNK = 65_536;
const page = { size: 0, liesAt: -1, stallsAt: -1 };

function byteAt(position: number): number {
  return (position * 31 + (position >> 16)) & 255;
}

function* chunks(from: number, to: number): Generator<Piece> {
  for (let at = from; at < to; at += CHUNK) {
    const bytes = new Uint8Array(Math.min(CHUNK, to - at));
    for (let i = 0; i < bytes.length; i++) bytes[i] = byteAt(at + i);
    if (page.liesAt >= at && page.liesAt < at + bytes.length) bytes[page.liesAt - at] ^= 1;
    yield { bytes, isPacked: false };
  }
}

async function* body(from: number, to: number): AsyncGenerator<Piece> {
  for (const piece of chunks(from, to)) {
    if (page.stallsAt >= 0 && from >= page.stallsAt) await new Promise(() => undefined);
    yield piece;
  }
}

async function answer(request: ExchangeRequest): Promise<ExchangeResponse> {
  if (request.method === 'POST') {
    const bytes = await collect(request.body, 1 << 26);
    return { status: 200, headers: [], body: piecesBody([{ bytes: bytes.slice(0, 100), isPacked: false }]) };
  }
  const range = request.headers.find(([name]) => name === 'range');
  const [from, to] = range
    ? range[1].slice('bytes='.length).split('-').map(Number)
    : [0, page.size - 1];
  const content: Body = page.size === 0 ? EMPTY_BODY : body(from ?? 0, (to ?? 0) + 1);
  return { status: range ? 206 : 200, headers: [], body: content };
}

let connection: RTCPeerConnection;

/** Takes an offer and gives the answer with every candidate in it. */
export async function accept(sdp: string): Promise<string> {
  connection = new RTCPeerConnection();
  connection.ondatachannel = ({ channel }) => {
    openExchanges(rtcChannel(channel), {
      isOfferer: false,
      answer,
      timers: systemTimers,
      openMs: 10_000,
      idleMs: 60_000,
    });
  };
  await connection.setRemoteDescription({ type: 'offer', sdp });
  await connection.setLocalDescription();
  await new Promise<void>((resolve) => {
    connection.onicegatheringstatechange = () => {
      if (connection.iceGatheringState === 'complete') resolve();
    };
    if (connection.iceGatheringState === 'complete') resolve();
  });
  return connection.localDescription?.sdp ?? '';
}

export async function candidate(text: string, sdpMid: string, sdpMLineIndex: number): Promise<void> {
  await connection.addIceCandidate({ candidate: text, sdpMid, sdpMLineIndex });
}

export function behave(size: number, liesAt: number, stallsAt: number): void {
  Object.assign(page, { size, liesAt, stallsAt });
}
