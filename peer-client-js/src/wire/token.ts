import { DecodeError } from './decode-error.js';
import { bin, binOf, checked, decode, named, record, str, uint } from './fields.js';
import { Limits } from './limits.js';
import type { SignedToken, Token } from './messages.js';

const VISITOR = 1;

const SIGNED = record<Omit<SignedToken, 'token'>>({ payload: bin(Limits.TOKEN), signature: binOf(64) });

const PAYLOAD = record<Token & { readonly version: number }>({
  version: checked(uint(), (version) => version === 1),
  site: str(Limits.SITE),
  kind: checked(uint(3), (kind) => kind > 0),
  expiresMs: uint(),
  nonce: binOf(16),
  subject: bin(32),
  issuer: named(8),
});

/** Takes a token apart without believing it; PROTOCOL.md, section 3. */
export function decodeToken(bytes: Uint8Array): SignedToken {
  const signed = decode(SIGNED, bytes, Limits.TOKEN);
  const { version, ...token } = decode(PAYLOAD, signed.payload, Limits.TOKEN);
  const { length } = token.subject;
  const isBearer = length === 0 && token.kind === VISITOR;
  if (length !== 32 && !isBearer) throw new DecodeError(0, `a subject of ${length} bytes`);
  return { token, ...signed };
}
