import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importKeys, keyId } from '../verify/keys.js';
import { fromBase64url, toBase64url } from '../wire/base64url.js';
import type { SignedSdp } from '../wire/messages.js';
import { signedSignalBytes } from '../wire/peer-signal.js';
import { Writer } from '../wire/writer.js';
import { offerFault } from './proxy-trust.js';

const from = `n1-${'p'.repeat(22)}`;
const to = `n1-${'w'.repeat(22)}`;
const now = 1_800_000_000_000;
const connection = new Uint8Array(8).fill(3);

async function keyPair() {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const sign = async (bytes: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, bytes));
  return { raw, sign };
}

const trusted = await keyPair();
const stranger = await keyPair();

interface Change {
  readonly issuer?: typeof trusted;
  readonly signer?: typeof trusted;
  readonly site?: string;
  readonly kind?: number;
  readonly expiresMs?: number;
  readonly signedTo?: string;
  readonly sdp?: string;
}

async function fault(change: Change) {
  const issuer = change.issuer ?? trusted;
  const signer = change.signer ?? trusted;
  const writer = new Writer()
    .array(7)
    .uint(1)
    .str(change.site ?? 'demo')
    .uint(change.kind ?? 3);
  writer
    .uint(change.expiresMs ?? now + 1_000)
    .bin(new Uint8Array(16))
    .bin(trusted.raw);
  const payload = writer.bin(fromBase64url(await keyId(issuer.raw))).finish();
  const token = new Writer()
    .array(2)
    .bin(payload)
    .bin(await issuer.sign(payload))
    .finish();
  const signature = await signer.sign(signedSignalBytes('offer', connection, from, change.signedTo ?? to, 'sdp'));
  const offer: SignedSdp = { type: 'offer', connection, sdp: change.sdp ?? 'sdp', token, signature };
  const proxies = await importKeys([toBase64url(trusted.raw), 'no key at all']);
  return offerFault(offer, from, to, { site: 'demo', proxies, nowMs: now });
}

test('an offer of a trusted proxy is taken', async () => {
  assert.equal(await fault({}), undefined);
});

const refused: [string, Change, string][] = [
  ['whose token a stranger issued', { issuer: stranger }, 'issuer'],
  ['for another site', { site: 'other' }, 'site'],
  ['of a peer that is no proxy', { kind: 2 }, 'kind'],
  ['whose token has expired', { expiresMs: now - 30_000 }, 'expired'],
  ['signed by somebody else than the token names', { signer: stranger }, 'signature'],
  ['that was made for another worker', { signedTo: from }, 'signature'],
  ['whose description was exchanged on the way', { sdp: 'sdq' }, 'signature'],
];
for (const [name, change, expected] of refused) {
  test(`an offer ${name} is refused`, async () => {
    assert.equal(await fault(change), expected);
  });
}
