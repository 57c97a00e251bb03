import { isAscii } from './ascii.js';
import { DecodeError } from './decode-error.js';
import { Limits } from './limits.js';
import type { HeaderField } from './messages.js';
import type { Reader } from './reader.js';
import type { Writer } from './writer.js';

const PEER = /^[a-z0-9]{1,16}-[A-Za-z0-9_-]{22}$/;
/** The last character of 32 bytes in base64url carries 4 bits only. */
const APP = /^[a-z0-9-]{1,63}@[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
/** A token (RFC 9110, section 5.6.2) without capitals. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** Without control characters, but tabs (RFC 9110, section 5.5). */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\uffff]*$/;

const utf8 = new TextEncoder();

export function readPeer(reader: Reader): string {
  return reader.str('peer id', Limits.PEER_ID, PEER);
}

export function readApp(reader: Reader): string {
  return reader.str('app id', Limits.APP_ID, APP);
}

export function readResource(reader: Reader): string {
  return reader.str('resource', Limits.RESOURCE);
}

export function readStatus(reader: Reader): number {
  const start = reader.offset;
  const status = reader.uint('status', 599);
  if (status < 200) throw new DecodeError(start, `status ${status} is not a final one`);
  return status;
}

export function readHeaders(reader: Reader): HeaderField[] {
  const start = reader.offset;
  const headers = reader.list('headers', Limits.HEADERS, () => {
    reader.fields('header', 2);
    const name = reader.str('header name', Limits.HEADER_NAME);
    return [name, reader.str('header value', Limits.HEADER_VALUE)] as const;
  });
  const fault = headersFault(headers);
  if (fault) throw new DecodeError(start, fault);
  return headers;
}

/** Fails with a RangeError where the other side would refuse these headers. */
export function writeHeaders(writer: Writer, headers: readonly HeaderField[]): void {
  const fault = headersFault(headers);
  if (fault) throw new RangeError(fault);
  writer.list(headers, ([name, value]) => writer.array(2).str(name).str(value));
}

function headersFault(headers: readonly HeaderField[]): string | undefined {
  if (headers.length > Limits.HEADERS) return `${headers.length} headers, the limit is ${Limits.HEADERS}`;
  let total = 0;
  for (const [name, value] of headers) {
    const length = isAscii(value) ? value.length : utf8.encode(value).length;
    total += name.length + length;
    if (!HEADER_NAME.test(name) || name.length > Limits.HEADER_NAME) return 'not the name of a header';
    if (!HEADER_VALUE.test(value) || length > Limits.HEADER_VALUE) return `not the value of a header: ${name}`;
  }
  return total > Limits.HEADERS_TOTAL ? `headers of ${total} bytes in all` : undefined;
}
