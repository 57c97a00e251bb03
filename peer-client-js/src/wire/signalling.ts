import { DecodeError } from './decode-error.js';
import { readApp, readPeer } from './fields.js';
import { Limits } from './limits.js';
import {
  type ClientMessage,
  type Providers,
  REFUSAL_CODES,
  type Runners,
  type ServerMessage,
  type Welcome,
} from './messages.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

/** The bytes of one WebSocket message to the signalling server; PROTOCOL.md, section 4. */
export function encodeClientMessage(message: ClientMessage): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  const digest = (value: string) => writer.digest(value);
  const text = (value: string) => writer.str(value);
  const binary = (value: Uint8Array) => writer.bin(value);
  switch (message.type) {
    case 'hello':
      writer.array(6).uint(1).uint(message.version).bin(message.token).bin(message.resume);
      writer.str(message.page).uint(message.capabilities);
      break;
    case 'prove':
      writer.array(2).uint(2).bin(message.signature);
      break;
    case 'page':
      writer.array(2).uint(3).str(message.page);
      break;
    case 'announce':
      writer.array(5).uint(4).list(message.gained, digest).list(message.lost, digest);
      writer.list(message.runs, text).list(message.stops, text);
      break;
    case 'locate':
      writer.array(5).uint(5).uint(message.request).list(message.resources, text);
      writer.list(message.digests, digest).list(message.apps, text);
      break;
    case 'publish':
      writer.array(3).uint(6).list(message.manifests, binary);
      writer.list(message.pages, (page) => writer.array(2).str(page.page).list(page.resources, text));
      break;
    case 'withdraw':
      writer.array(3).uint(7).uint(message.generation).list(message.resources, text);
      break;
    case 'relay':
      writer.array(3).uint(8).str(message.to).bin(message.payload);
      break;
    case 'report':
      writer.array(2).uint(9);
      writer.list(message.peers, (peer) => {
        writer.array(5).str(peer.peer).uint(peer.served).uint(peer.received).uint(peer.badChunks).uint(peer.rttMs);
      });
      break;
    case 'ping':
      writer.array(2).uint(10).uint(message.nonce);
      break;
    default:
      return message satisfies never;
  }
  const bytes = writer.finish();
  if (bytes.length > Limits.SIGNALLING_FRAME) throw new RangeError(`a ${message.type} of ${bytes.length} bytes`);
  return bytes;
}

/** Undefined where this version does not know the tag: such a message is ignored. */
export function decodeServerMessage(bytes: Uint8Array): ServerMessage | undefined {
  if (bytes.length > Limits.SIGNALLING_FRAME) throw new DecodeError(0, `a message of ${bytes.length} bytes`);
  const reader = new Reader(bytes);
  const length = reader.open('message', bytes.length);
  const message = readServerMessage(reader, reader.uint('tag'), length);
  if (message) reader.end();
  return message;
}

function readServerMessage(reader: Reader, tag: number, length: number): ServerMessage | undefined {
  switch (tag) {
    case 65:
      expect(length, 8);
      return readWelcome(reader);
    case 66:
      expect(length, 2);
      return { type: 'challenge', nonce: reader.binOf('nonce', 32) };
    case 67:
      expect(length, 5);
      return {
        type: 'located',
        request: reader.uint('request'),
        manifests: readManifests(reader),
        providers: readProviders(reader),
        runners: readRunners(reader),
      };
    case 68:
      expect(length, 3);
      return { type: 'relayed', from: readPeer(reader), payload: reader.bin('payload', Limits.RELAY_PAYLOAD) };
    case 69:
      expect(length, 3);
      return { type: 'hint', manifests: readManifests(reader), providers: readProviders(reader) };
    case 70: {
      expect(length, 3);
      const code = REFUSAL_CODES[reader.uint('code') - 1];
      if (!code) throw new DecodeError(reader.offset, 'unknown refusal code');
      return { type: 'refused', code, reason: reader.str('reason', Limits.REASON) };
    }
    case 71:
      expect(length, 2);
      return { type: 'goaway', reconnectMs: reader.uint('reconnect') };
    case 72:
      expect(length, 2);
      return { type: 'pong', nonce: reader.uint('nonce') };
    default:
      return undefined;
  }
}

function expect(actual: number, fields: number): void {
  if (actual !== fields) throw new DecodeError(0, `message has ${actual} fields instead of ${fields}`);
}

function readWelcome(reader: Reader): Welcome {
  return {
    type: 'welcome',
    peer: readPeer(reader),
    heartbeatMs: reader.uint('heartbeat'),
    resume: reader.binOf('resume', 16),
    resumed: reader.bool('resumed'),
    manifests: readManifests(reader),
    providers: readProviders(reader),
    neighbours: reader.list('neighbours', Limits.NEIGHBOURS, () => readPeer(reader)),
  };
}

function readManifests(reader: Reader): Uint8Array[] {
  return reader.list('manifests', Limits.MANIFESTS, () => reader.bin('manifest', Limits.MANIFEST));
}

function readProviders(reader: Reader): Providers[] {
  return reader.list('providers', Limits.PROVIDED_DIGESTS, () => {
    reader.fields('provider', 2);
    return { digest: reader.digest(), peers: readPeers(reader) };
  });
}

function readRunners(reader: Reader): Runners[] {
  return reader.list('runners', Limits.LOCATE_ITEMS, () => {
    reader.fields('runner', 2);
    return { app: readApp(reader), peers: readPeers(reader) };
  });
}

function readPeers(reader: Reader): string[] {
  return reader.list('peers', Limits.PROVIDERS_PER_DIGEST, () => readPeer(reader));
}
