import { Limits } from './limits.js';
import type { HeaderField } from './messages.js';
import type { Reader } from './reader.js';
import type { Writer } from './writer.js';

const PEER = /^[a-z0-9]{1,16}-[A-Za-z0-9_-]{22}$/;
const APP = /^[a-z0-9-]{1,63}@[A-Za-z0-9_-]{43}$/;
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
// Visible characters, blanks and obs-text, no control characters (RFC 9110, section 5.5).
const HEADER_VALUE = /^[\t\x20-\x7e\u0080-\uffff]*$/;

/** Fields that occur in several messages. */
export function readPeer(reader: Reader): string {
  return reader.str('peer id', 39, PEER);
}

export function readApp(reader: Reader): string {
  return reader.str('app id', 107, APP);
}

export function readResource(reader: Reader): string {
  return reader.str('resource', Limits.RESOURCE);
}

export function readHeaders(reader: Reader): HeaderField[] {
  let total = 0;
  return reader.list('headers', Limits.HEADERS, () => {
    reader.fields('header', 2);
    const name = reader.str('header name', Limits.HEADER_NAME, HEADER_NAME);
    const left = Limits.HEADERS_TOTAL - total - name.length;
    const value = reader.str('header value', Math.min(Limits.HEADER_VALUE, Math.max(left, 0)), HEADER_VALUE);
    total += name.length + value.length;
    return [name, value] as const;
  });
}

export function writeHeaders(writer: Writer, headers: readonly HeaderField[]): void {
  writer.list(headers, ([name, value]) => writer.array(2).str(name).str(value));
}
