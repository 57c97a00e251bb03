import { bin, binOf, checked, decode, encode, reason, str, tagged, uint } from './fields.js';
import { Limits } from './limits.js';
import type { PeerId, PeerSignal } from './messages.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

const OFFER = 1;
const ANSWER = 2;
const connection = binOf(8);
const description = {
  connection,
  sdp: str(Limits.SDP),
  token: bin(Limits.TOKEN),
  signature: checked(bin(64), ({ length }) => length % 64 === 0),
};

const SIGNAL = tagged<PeerSignal>({
  offer: [OFFER, description],
  answer: [ANSWER, description],
  candidate: [
    3,
    { connection, candidate: str(Limits.CANDIDATE), mid: str(Limits.MID), line: uint(Limits.MEDIA_LINES) },
  ],
  bye: [4, { connection, reason }],
});

/** The payload of a relay, which the signalling server never parses; PROTOCOL.md, section 4. */
export function encodePeerSignal(signal: PeerSignal): Uint8Array<ArrayBuffer> {
  return encode(SIGNAL, signal);
}

export function decodePeerSignal(bytes: Uint8Array): PeerSignal {
  return decode(SIGNAL, bytes, Limits.RELAY_PAYLOAD) ?? new Reader(bytes).fail('unknown kind');
}

/** What the signature of an offer or answer between proxy and worker is over. */
export function signedSignalBytes(
  type: 'offer' | 'answer',
  id: Uint8Array,
  from: PeerId,
  to: PeerId,
  sdp: string,
): Uint8Array<ArrayBuffer> {
  const writer = new Writer()
    .array(6)
    .str('gyre/1 signal')
    .uint(type === 'offer' ? OFFER : ANSWER)
    .bin(id);
  return writer.str(from).str(to).str(sdp).finish();
}
