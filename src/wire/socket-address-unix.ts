import { setHostUint16, uint8 } from './byte-order.js';
import { LINUX } from './constants.generated.js';
import { FieldValueError, requireLength } from './field-value-error.js';
import type { UnixSocketAddress } from './socket-address.js';

const PATH = LINUX.offsetof_sockaddr_un_sun_path;
const PATH_SIZE = LINUX.sizeof_sockaddr_un - PATH;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function encodeUnix(value: UnixSocketAddress): Uint8Array {
  if ('path' in value) return encodePath(toBytes(value.path));
  return 'abstract' in value ? encodeAbstract(toBytes(value.abstract)) : withFamily(PATH);
}

/** unix(7): the terminating NUL is counted, and left out where the path fills the field. */
function encodePath(path: Uint8Array): Uint8Array {
  requireLength('path', path.length, 1, PATH_SIZE);
  if (path.includes(0)) throw new FieldValueError('path', text(path), 'bytes without NUL');
  const bytes = withFamily(PATH + Math.min(path.length + 1, PATH_SIZE));
  bytes.set(path, PATH);
  return bytes;
}

/** unix(7): an abstract name starts with a NUL and ends where the address ends. */
function encodeAbstract(name: Uint8Array): Uint8Array {
  requireLength('abstract', name.length, 0, PATH_SIZE - 1);
  const bytes = withFamily(PATH + 1 + name.length);
  bytes.set(name, PATH + 1);
  return bytes;
}

function withFamily(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  setHostUint16(bytes, 0, LINUX.AF_UNIX);
  return bytes;
}

/** The kernel may give one byte more than the structure has, a NUL behind a path that fills it: unix(7), BUGS. */
export function decodeUnix(bytes: Uint8Array, start: number, end: number): UnixSocketAddress {
  const path = start + PATH;
  if (end <= path) return { family: 'unix', unnamed: true };
  if (uint8(bytes, path) === 0) return { family: 'unix', abstract: text(bytes.slice(path + 1, end)) };
  const terminator = bytes.subarray(path, end).indexOf(0);
  return { family: 'unix', path: text(bytes.slice(path, terminator < 0 ? end : path + terminator)) };
}

function toBytes(name: string | Uint8Array): Uint8Array {
  return typeof name === 'string' ? new TextEncoder().encode(name) : name;
}

function text(name: Uint8Array): string | Uint8Array {
  try {
    return strictUtf8.decode(name);
  } catch {
    return name;
  }
}
