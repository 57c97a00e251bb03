/** What peers and the signalling server tell each other, as data; PROTOCOL.md, sections 3 to 5. */

/** SHA-256 as base64url, 43 characters. */
export type Digest = string;
export type PeerId = string;
/** `<name>@<code>`. */
export type AppId = string;
/** `//host[:port]/path?query`. */
export type Resource = string;
/** Name in lower case, value. */
export type HeaderField = readonly [name: string, value: string];

export interface Providers {
  readonly digest: Digest;
  /** Best first. */
  readonly peers: readonly PeerId[];
}

export interface Runners {
  readonly app: AppId;
  readonly peers: readonly PeerId[];
}

/** What was seen of one peer since the last report. Bytes of bodies, chunks that failed their check, milliseconds. */
export interface PeerReport {
  readonly peer: PeerId;
  readonly served: number;
  readonly received: number;
  readonly badChunks: number;
  readonly rttMs: number;
}

export interface PageResources {
  readonly page: Resource;
  readonly resources: readonly Resource[];
}

/** Bits of `hello.capabilities`. */
export const READS_PACKED = 1;
export const SERVES = 2;

export interface Hello {
  readonly type: 'hello';
  readonly version: number;
  readonly token: Uint8Array;
  /** Empty, or the 16 bytes of an earlier welcome. */
  readonly resume: Uint8Array;
  /** Empty where there is none. */
  readonly page: Resource;
  readonly capabilities: number;
}

export interface Announce {
  readonly type: 'announce';
  readonly gained: readonly Digest[];
  readonly lost: readonly Digest[];
  readonly runs: readonly AppId[];
  readonly stops: readonly AppId[];
}

export interface Locate {
  readonly type: 'locate';
  readonly request: number;
  readonly resources: readonly Resource[];
  readonly digests: readonly Digest[];
  readonly apps: readonly AppId[];
}

export type ClientMessage =
  | Hello
  | { readonly type: 'prove'; readonly signature: Uint8Array }
  | { readonly type: 'page'; readonly page: Resource }
  | Announce
  | Locate
  | { readonly type: 'publish'; readonly manifests: readonly Uint8Array[]; readonly pages: readonly PageResources[] }
  | { readonly type: 'withdraw'; readonly generation: number; readonly resources: readonly Resource[] }
  | { readonly type: 'relay'; readonly to: PeerId; readonly payload: Uint8Array }
  | { readonly type: 'report'; readonly peers: readonly PeerReport[] }
  | { readonly type: 'ping'; readonly nonce: number };

export interface Welcome {
  readonly type: 'welcome';
  readonly peer: PeerId;
  readonly heartbeatMs: number;
  readonly resume: Uint8Array;
  readonly resumed: boolean;
  /** Encoded and unverified, as everywhere in these messages. */
  readonly manifests: readonly Uint8Array[];
  readonly providers: readonly Providers[];
  readonly neighbours: readonly PeerId[];
}

export interface Located {
  readonly type: 'located';
  /** 0: unasked for, the runners of an app changed. */
  readonly request: number;
  readonly manifests: readonly Uint8Array[];
  readonly providers: readonly Providers[];
  readonly runners: readonly Runners[];
}

export interface Hint {
  readonly type: 'hint';
  readonly manifests: readonly Uint8Array[];
  readonly providers: readonly Providers[];
}

export interface Refused {
  readonly type: 'refused';
  readonly code: RefusalCode;
  readonly reason: string;
}

export type ServerMessage =
  | Welcome
  | { readonly type: 'challenge'; readonly nonce: Uint8Array }
  | Located
  | { readonly type: 'relayed'; readonly from: PeerId; readonly payload: Uint8Array }
  | Hint
  | Refused
  | { readonly type: 'goaway'; readonly reconnectMs: number }
  | { readonly type: 'pong'; readonly nonce: number };

/** In the order of their codes, which begin with 1. */
export const REFUSAL_CODES = [
  'malformed',
  'version',
  'token',
  'rights',
  'limit',
  'unknown-peer',
  'overload',
  'proof',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** What two peers tell each other through a relay to open a connection. `connection` has 8 bytes. */
export type PeerSignal =
  | SignedSdp
  | {
      readonly type: 'candidate';
      readonly connection: Uint8Array;
      readonly candidate: string;
      readonly mid: string;
      readonly line: number;
    }
  | { readonly type: 'bye'; readonly connection: Uint8Array; readonly reason: string };

/** `token` and `signature` are empty between visitors. */
export interface SignedSdp {
  readonly type: 'offer' | 'answer';
  readonly connection: Uint8Array;
  readonly sdp: string;
  readonly token: Uint8Array;
  readonly signature: Uint8Array;
}

/** In the order of their codes, which begin with 0. */
export const CANCEL_CODES = ['not-wanted', 'malformed', 'limit', 'failed', 'overloaded', 'deadline'] as const;
export type CancelCode = (typeof CANCEL_CODES)[number];

/** One frame between two peers; exchange 0 is the channel itself. */
export type PeerFrame =
  | {
      readonly type: 'request';
      readonly exchange: number;
      readonly method: string;
      readonly target: string;
      readonly headers: readonly HeaderField[];
    }
  | {
      readonly type: 'response';
      readonly exchange: number;
      readonly status: number;
      readonly headers: readonly HeaderField[];
    }
  /** `packed`: one zstd frame that decodes to exactly one chunk. */
  | { readonly type: 'data' | 'packed'; readonly exchange: number; readonly payload: Uint8Array }
  | { readonly type: 'end'; readonly exchange: number }
  | { readonly type: 'cancel'; readonly exchange: number; readonly code: CancelCode; readonly reason: string }
  | { readonly type: 'credit'; readonly exchange: number; readonly bytes: number };

/** A token's content (PROTOCOL.md, section 3); `kind`: 1 visitor, 2 worker, 3 proxy. */
export interface Token {
  readonly site: string;
  readonly kind: number;
  readonly expiresMs: number;
  readonly nonce: Uint8Array;
  /** The public key whose owner may use the token; empty for a visitor. */
  readonly subject: Uint8Array;
  /** A key id, as base64url. */
  readonly issuer: string;
}

export interface SignedToken {
  readonly token: Token;
  /** What the signature is over. */
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** What origin-proxy signs about a representation (PROTOCOL.md, section 2). */
export interface Manifest {
  readonly site: string;
  readonly resource: Resource;
  readonly status: number;
  readonly headers: readonly HeaderField[];
  readonly size: number;
  readonly digest: Digest;
  /** The SHA-256 of every chunk, one after the other; empty where there are more than 64. */
  readonly hashes: Uint8Array;
  readonly issuedMs: number;
  readonly lifetimeMs: number;
  readonly generation: number;
  /** As base64url: what the session answer's keys are named by. */
  readonly keyId: string;
}

export interface SignedManifest {
  readonly manifest: Manifest;
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}
