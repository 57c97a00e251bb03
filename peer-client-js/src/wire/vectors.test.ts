import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DecodeError } from './decode-error.js';
import { decodeFrames, encodeFrame } from './frames.js';
import { decodeManifest } from './manifest.js';
import type { ClientMessage, PeerFrame, PeerSignal } from './messages.js';
import { decodePeerSignal, encodePeerSignal, signedSignalBytes } from './peer-signal.js';
import { decodeServerMessage, encodeClientMessage } from './signalling.js';
import { decodeToken } from './token.js';

/** The vectors of wire-protocol/vectors, which bind this implementation and the Java one alike. */
interface Vector {
  readonly name: string;
  readonly codec: string;
  readonly message: Record<string, unknown>;
  readonly bytes: string;
  readonly reason: string;
  readonly signed: string;
  readonly signature: string;
  readonly key: string;
}

function vectors(file: string): Vector[] {
  return JSON.parse(readFileSync(`../wire-protocol/vectors/${file}.json`, 'utf8')) as Vector[];
}

function unhex(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** Byte strings to hex, at any depth: the vectors' form of a message. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
}

const BYTES = ['token', 'resume', 'signature', 'payload', 'manifests', 'nonce', 'connection'];

/** The reverse: what the fields hold is known by their names. */
function revive(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return BYTES.includes(key) ? unhex(value) : value;
  if (Array.isArray(value)) return value.map((item) => revive(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, revive(field, name)]));
}

function encodeFrames(frames: readonly PeerFrame[]): Uint8Array {
  const parts = frames.map(encodeFrame).flatMap(({ head, payload }) => [head, payload]);
  return new Uint8Array(Buffer.concat(parts));
}

async function verify({ key, signature }: Vector, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const imported = await crypto.subtle.importKey('raw', unhex(key), 'Ed25519', false, ['verify']);
  return crypto.subtle.verify('Ed25519', imported, unhex(signature), bytes);
}

const decoders: Record<string, (bytes: Uint8Array) => unknown> = {
  server: decodeServerMessage,
  signal: decodePeerSignal,
  frames: decodeFrames,
  manifest: decodeManifest,
  token: decodeToken,
};

test('client messages encode to the golden bytes', () => {
  for (const { name, message, bytes } of vectors('signalling-client')) {
    const encoded = encodeClientMessage(revive(message) as ClientMessage);
    assert.equal(Buffer.from(encoded).toString('hex'), bytes, name);
  }
});

test('golden bytes decode to the server messages', () => {
  for (const { name, message, bytes } of vectors('signalling-server')) {
    assert.deepEqual(plain(decodeServerMessage(unhex(bytes))), message, name);
  }
});

test('relay payloads decode from and encode to the golden bytes', () => {
  for (const { name, message, bytes } of vectors('signals')) {
    assert.deepEqual(plain(decodePeerSignal(unhex(bytes))), message, name);
    assert.equal(Buffer.from(encodePeerSignal(revive(message) as PeerSignal)).toString('hex'), bytes, name);
  }
});

test('frames decode from and encode to the golden bytes', () => {
  for (const { name, message, bytes } of vectors('frames')) {
    assert.deepEqual(plain(decodeFrames(unhex(bytes))), message, name);
    assert.equal(Buffer.from(encodeFrames(revive(message) as unknown as PeerFrame[])).toString('hex'), bytes, name);
  }
});

test('manifests decode to the golden fields, and their signatures hold', async () => {
  for (const vector of vectors('manifest')) {
    const { manifest, body } = decodeManifest(unhex(vector.bytes));
    assert.deepEqual(plain(manifest), vector.message, vector.name);
    assert.equal(plain(body), vector.signed);
    assert.ok(await verify(vector, new Uint8Array(body)), vector.name);
  }
});

test('tokens decode to the golden fields, and their signatures hold', async () => {
  for (const vector of vectors('token')) {
    const { token, payload } = decodeToken(unhex(vector.bytes));
    assert.deepEqual(plain(token), vector.message, vector.name);
    assert.equal(plain(payload), vector.signed);
    assert.ok(await verify(vector, new Uint8Array(payload)), vector.name);
  }
});

test('what offers and answers are signed over is the golden bytes', async () => {
  for (const vector of vectors('signed-bytes')) {
    if (vector.name !== 'offer' && vector.name !== 'answer') continue;
    const { connection, from, to, sdp } = vector.message as Record<string, string>;
    const bytes = signedSignalBytes(vector.name, unhex(connection ?? ''), from ?? '', to ?? '', sdp ?? '');
    assert.equal(plain(bytes), vector.bytes);
    assert.ok(await verify(vector, bytes));
  }
});

test('unknown tags and frame types are passed over', () => {
  for (const { name, codec, bytes } of vectors('unknown')) {
    const decoded = decoders[codec]?.(unhex(bytes));
    const isPassedOver = Array.isArray(decoded)
      ? decoded.every((frame: PeerFrame) => frame.type === 'end')
      : decoded === undefined;
    assert.ok(isPassedOver, name);
  }
});

for (const [codec, decode] of Object.entries(decoders)) {
  test(`whatever must be rejected of ${codec} fails with a DecodeError`, () => {
    const cases = vectors('must-reject').filter((vector) => vector.codec === codec);
    assert.ok(cases.length > 0);
    for (const { name, bytes, reason } of cases) {
      assert.throws(() => decode(unhex(bytes)), DecodeError, `${name}: ${reason}`);
    }
  });
}
