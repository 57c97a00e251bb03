import { type Ed25519Keys, importKey, verifies } from '../verify/keys.js';
import { Limits } from '../wire/limits.js';
import type { PeerId, SignedSdp } from '../wire/messages.js';
import { signedSignalBytes } from '../wire/peer-signal.js';
import { decodeToken } from '../wire/token.js';

const PROXY = 3;

/** Why an offer is not taken; PROTOCOL.md, sections 3 and 4. */
export type OfferFault = 'token' | 'issuer' | 'site' | 'kind' | 'expired' | 'signature';

/**
 * Whether an offer comes from a proxy of this site that the configuration trusts, and whether it is the proxy's own, DTLS
 * fingerprint included: a signalling server cannot sit in between. Undefined where it is.
 */
export async function offerFault(
  offer: SignedSdp,
  from: PeerId,
  to: PeerId,
  trust: { readonly site: string; readonly proxies: Ed25519Keys; readonly nowMs: number },
): Promise<OfferFault | undefined> {
  let signed;
  try {
    signed = decodeToken(offer.token);
  } catch {
    return 'token';
  }
  const { token, payload, signature } = signed;
  const issuer = trust.proxies.get(token.issuer);
  if (!issuer || !(await verifies(issuer, payload, signature))) return 'issuer';
  if (token.site !== trust.site) return 'site';
  if (token.kind !== PROXY || token.subject.length !== 32) return 'kind';
  if (trust.nowMs >= token.expiresMs + Limits.CLOCK_TOLERANCE_MS) return 'expired';
  const subject = await importKey(token.subject);
  const bytes = signedSignalBytes('offer', offer.connection, from, to, offer.sdp);
  return (await verifies(subject, bytes, offer.signature)) ? undefined : 'signature';
}
