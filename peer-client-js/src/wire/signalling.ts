import {
  app,
  bin,
  binOf,
  bool,
  choice,
  decode,
  digest,
  encode,
  list,
  peer,
  reason,
  record,
  resource,
  tagged,
  uint,
} from './fields.js';
import { Limits } from './limits.js';
import { type ClientMessage, type PeerReport, type Providers, REFUSAL_CODES, type ServerMessage } from './messages.js';

const digests = list(Limits.ANNOUNCE_DIGESTS, digest);
const apps = list(Limits.ANNOUNCE_APPS, app);
const resources = list(Limits.PAGE_RESOURCES, resource);
const manifests = list(Limits.MANIFESTS, bin(Limits.MANIFEST));
const peers = list(Limits.PROVIDERS_PER_DIGEST, peer);
const providers = list(Limits.PROVIDED_DIGESTS, record<Providers>({ digest, peers }));
const nonce = uint();
const report = record<PeerReport>({ peer, served: uint(), received: uint(), badChunks: uint(), rttMs: uint() });

/** PROTOCOL.md, section 4. */
const CLIENT = tagged<ClientMessage>({
  hello: [1, { version: uint(), token: bin(Limits.TOKEN), resume: bin(16), page: resource, capabilities: uint() }],
  prove: [2, { signature: binOf(64) }],
  page: [3, { page: resource }],
  announce: [4, { gained: digests, lost: digests, runs: apps, stops: apps }],
  locate: [5, { request: uint(), resources, digests, apps }],
  publish: [6, { manifests, pages: list(Limits.PUBLISH_PAGES, record({ page: resource, resources })) }],
  withdraw: [7, { generation: uint(), resources }],
  relay: [8, { to: peer, payload: bin(Limits.RELAY_PAYLOAD) }],
  report: [9, { peers: list(Limits.REPORT_PEERS, report) }],
  ping: [10, { nonce }],
});

const SERVER = tagged<ServerMessage>({
  welcome: [
    65,
    {
      peer,
      heartbeatMs: uint(),
      resume: binOf(16),
      resumed: bool,
      manifests,
      providers,
      neighbours: list(Limits.NEIGHBOURS, peer),
    },
  ],
  challenge: [66, { nonce: binOf(32) }],
  located: [67, { request: uint(), manifests, providers, runners: list(Limits.LOCATE_ITEMS, record({ app, peers })) }],
  relayed: [68, { from: peer, payload: bin(Limits.RELAY_PAYLOAD) }],
  hint: [69, { manifests, providers }],
  refused: [70, { code: choice(REFUSAL_CODES, 1), reason }],
  goaway: [71, { reconnectMs: uint() }],
  pong: [72, { nonce }],
});

/** The bytes of one WebSocket message to the signalling server; a RangeError where it would not take them. */
export function encodeClientMessage(message: ClientMessage): Uint8Array<ArrayBuffer> {
  const bytes = encode(CLIENT, message);
  if (bytes.length > Limits.SIGNALLING_FRAME) throw new RangeError(`a ${message.type} of ${bytes.length} bytes`);
  return bytes;
}

/** Undefined where this version does not know the tag: such a message is ignored. */
export function decodeServerMessage(bytes: Uint8Array): ServerMessage | undefined {
  return decode(SERVER, bytes, Limits.SIGNALLING_FRAME);
}
