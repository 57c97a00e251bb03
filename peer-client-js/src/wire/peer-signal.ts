import { DecodeError } from './decode-error.js';
import { Limits } from './limits.js';
import type { PeerId, PeerSignal } from './messages.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

const KINDS = { offer: 1, answer: 2, candidate: 3, bye: 4 } as const;

/** The payload of a relay, which the signalling server never parses; PROTOCOL.md, section 4. */
export function encodePeerSignal(signal: PeerSignal): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  const begin = (fields: number) => writer.array(fields).uint(KINDS[signal.type]).bin(signal.connection);
  switch (signal.type) {
    case 'offer':
    case 'answer':
      return begin(5).str(signal.sdp).bin(signal.token).bin(signal.signature).finish();
    case 'candidate':
      return begin(5).str(signal.candidate).str(signal.mid).uint(signal.line).finish();
    case 'bye':
      return begin(3).str(signal.reason).finish();
    default:
      return signal satisfies never;
  }
}

export function decodePeerSignal(bytes: Uint8Array): PeerSignal {
  if (bytes.length > Limits.RELAY_PAYLOAD) throw new DecodeError(0, `a relay payload of ${bytes.length} bytes`);
  const reader = new Reader(bytes);
  const length = reader.open('peer signal', 5);
  const kind = reader.uint('kind');
  if (length !== (kind === KINDS.bye ? 3 : 5)) throw new DecodeError(0, `peer signal has ${length} fields`);
  const signal = readPeerSignal(reader, kind, reader.binOf('connection', 8));
  reader.end();
  return signal;
}

function readPeerSignal(reader: Reader, kind: number, connection: Uint8Array): PeerSignal {
  switch (kind) {
    case KINDS.offer:
    case KINDS.answer:
      return {
        type: kind === KINDS.offer ? 'offer' : 'answer',
        connection,
        sdp: reader.str('sdp', Limits.SDP),
        token: reader.bin('token', Limits.TOKEN),
        signature: readSignature(reader),
      };
    case KINDS.candidate:
      return {
        type: 'candidate',
        connection,
        candidate: reader.str('candidate', Limits.CANDIDATE),
        mid: reader.str('mid', Limits.MID),
        line: reader.uint('line', Limits.MEDIA_LINES),
      };
    case KINDS.bye:
      return { type: 'bye', connection, reason: reader.str('reason', Limits.REASON) };
    default:
      throw new DecodeError(1, `unknown kind of peer signal: ${kind}`);
  }
}

function readSignature(reader: Reader): Uint8Array {
  const start = reader.offset;
  const signature = reader.bin('signature', 64);
  if (signature.length !== 0 && signature.length !== 64) throw new DecodeError(start, 'signature has the wrong length');
  return signature;
}

/** What the signature of an offer or answer between proxy and worker is over. */
export function signedSignalBytes(
  type: 'offer' | 'answer',
  connection: Uint8Array,
  from: PeerId,
  to: PeerId,
  sdp: string,
): Uint8Array<ArrayBuffer> {
  const writer = new Writer().array(6).str('gyre/1 signal').uint(KINDS[type]).bin(connection);
  return writer.str(from).str(to).str(sdp).finish();
}
