import { toBase64url } from './base64url.js';
import { DecodeError } from './decode-error.js';
import { Limits } from './limits.js';
import type { SignedToken, Token } from './messages.js';
import { Reader } from './reader.js';

const VISITOR = 1;

/** Takes a token apart without believing it; PROTOCOL.md, section 3. */
export function decodeToken(bytes: Uint8Array): SignedToken {
  if (bytes.length > Limits.TOKEN) throw new DecodeError(0, `a token of ${bytes.length} bytes`);
  const reader = new Reader(bytes);
  reader.fields('signed token', 2);
  const payload = reader.bin('payload', Limits.TOKEN);
  const signature = reader.binOf('signature', 64);
  reader.end();
  return { token: decodePayload(payload), payload, signature };
}

function decodePayload(payload: Uint8Array): Token {
  const reader = new Reader(payload);
  reader.fields('token', 7);
  if (reader.uint('version') !== 1) throw new DecodeError(1, 'unknown version of a token');
  const token = {
    site: reader.str('site', Limits.SITE),
    kind: reader.uint('kind', 3),
    expiresMs: reader.uint('expires'),
    nonce: reader.binOf('nonce', 16),
    subject: reader.bin('subject', 32),
    issuer: toBase64url(reader.binOf('issuer', 8)),
  };
  reader.end();
  if (token.kind === 0) throw new DecodeError(0, 'unknown kind of peer');
  const length = token.subject.length;
  const isBearer = length === 0 && token.kind === VISITOR;
  if (length !== 32 && !isBearer) throw new DecodeError(0, `a subject of ${length} bytes`);
  return token;
}
