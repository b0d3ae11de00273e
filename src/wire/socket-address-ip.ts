import { readAddressWordsAt } from './address-words.js';
import {
  hostUint16,
  hostUint32,
  setHostUint16,
  setHostUint32,
  setUint16,
  setUint32,
  uint16,
  uint32,
} from './byte-order.js';
import { LINUX } from './constants.generated.js';
import { FieldValueError, requireUint } from './field-value-error.js';
import { type Family, IpAddress } from './ip-address.js';
import type { Ip4SocketAddress, Ip6SocketAddress, IpSocketAddress } from './socket-address.js';
import { requireBytes, WireFormatError } from './wire-format-error.js';

/** What differs between `struct sockaddr_in` and `struct sockaddr_in6`. */
interface Layout {
  number: number;
  size: number;
  port: number;
  address: number;
}

const LAYOUTS: Readonly<Record<Family, Layout>> = {
  4: {
    number: LINUX.AF_INET,
    size: LINUX.sizeof_sockaddr_in,
    port: LINUX.offsetof_sockaddr_in_sin_port,
    address: LINUX.offsetof_sockaddr_in_sin_addr,
  },
  6: {
    number: LINUX.AF_INET6,
    size: LINUX.sizeof_sockaddr_in6,
    port: LINUX.offsetof_sockaddr_in6_sin6_port,
    address: LINUX.offsetof_sockaddr_in6_sin6_addr,
  },
};

const FLOW_INFO = LINUX.offsetof_sockaddr_in6_sin6_flowinfo;
const SCOPE_ID = LINUX.offsetof_sockaddr_in6_sin6_scope_id;

/** The IP version of the socket address at `at`; undefined if it is no IP socket address. Allocates nothing. */
export function readIpFamily(bytes: Uint8Array, at: number): Family | undefined {
  const number = hostUint16(bytes, at);
  if (number === LINUX.AF_INET) return 4;
  return number === LINUX.AF_INET6 ? 6 : undefined;
}

/** The port of the IP socket address at `at`. */
export function readPort(bytes: Uint8Array, at: number, family: Family): number {
  return uint16(bytes, at + LAYOUTS[family].port);
}

/** The interface index of the `struct sockaddr_in6` at `at`. */
export function readScopeId(bytes: Uint8Array, at: number): number {
  return hostUint32(bytes, at + SCOPE_ID);
}

/** Copies the address at `at` into four words, as `IpAddress.writeWords` leaves them. */
export function readAddressWords(
  bytes: Uint8Array,
  at: number,
  family: Family,
  out: Uint32Array,
  offset: number,
): void {
  readAddressWordsAt(family, bytes, at + LAYOUTS[family].address, out, offset);
}

/** Writes a whole IP socket address without allocation; the values have been checked. Returns its size in bytes. */
export function writeIpSocketAddress(
  out: DataView,
  at: number,
  family: Family,
  words: Uint32Array,
  offset: number,
  port: number,
  scopeId = 0,
): number {
  return family === 4 ? writeIp4(out, at, words, offset, port) : writeIp6(out, at, words, offset, port, scopeId);
}

function writeIp4(out: DataView, at: number, words: Uint32Array, offset: number, port: number): number {
  out.setUint16(at, LINUX.AF_INET, true);
  out.setUint16(at + LAYOUTS[4].port, port);
  out.setUint32(at + LAYOUTS[4].address, words[offset + 3] ?? 0);
  // sin_zero
  out.setUint32(at + LAYOUTS[4].address + 4, 0);
  out.setUint32(at + LAYOUTS[4].address + 8, 0);
  return LINUX.sizeof_sockaddr_in;
}

function writeIp6(
  out: DataView,
  at: number,
  words: Uint32Array,
  offset: number,
  port: number,
  scopeId: number,
): number {
  out.setUint16(at, LINUX.AF_INET6, true);
  out.setUint16(at + LAYOUTS[6].port, port);
  out.setUint32(at + FLOW_INFO, 0);
  for (let index = 0; index < 4; index++) {
    out.setUint32(at + LAYOUTS[6].address + 4 * index, words[offset + index] ?? 0);
  }
  out.setUint32(at + SCOPE_ID, scopeId, true);
  return LINUX.sizeof_sockaddr_in6;
}

export function encodeIpSocketAddress(value: IpSocketAddress): Uint8Array {
  const family = value.family === 'ip4' ? 4 : 6;
  if (value.address.family !== family) throw new FieldValueError('address', value.address, `an IPv${family} address`);
  const layout = LAYOUTS[family];
  const bytes = new Uint8Array(layout.size);
  setHostUint16(bytes, 0, layout.number);
  setUint16(bytes, layout.port, requireUint('port', value.port, 16));
  value.address.writeBytes(bytes, layout.address);
  if (value.family === 'ip6') {
    setUint32(bytes, FLOW_INFO, requireUint('flowInfo', value.flowInfo ?? 0, 28));
    setHostUint32(bytes, SCOPE_ID, scopeIdOf(value));
  }
  return bytes;
}

/** A zone that is a name needs if_nametoindex(3), which is not for a pure layer to ask. */
function scopeIdOf(value: Ip6SocketAddress): number {
  const scope = value.address.scope;
  if (value.scopeId !== undefined) return requireUint('scopeId', value.scopeId, 32);
  if (scope === undefined) return 0;
  if (!/^\d+$/.test(scope)) throw new FieldValueError('scopeId', value.scopeId, `the interface index of ${scope}`);
  return requireUint('scopeId', Number(scope), 32);
}

export function decodeIpSocketAddress(bytes: Uint8Array, start: number, end: number): IpSocketAddress {
  const family = readIpFamily(bytes, start);
  if (family === undefined)
    throw new WireFormatError('IP socket address', start, 'the family is neither IPv4 nor IPv6');
  requireBytes(`IPv${family} socket address`, start, end, LAYOUTS[family].size);
  return family === 4 ? decodeIp4(bytes, start) : decodeIp6(bytes, start);
}

function decodeIp4(bytes: Uint8Array, start: number): Ip4SocketAddress {
  const address = IpAddress.readFrom(4, bytes, start + LAYOUTS[4].address);
  return { family: 'ip4', address, port: readPort(bytes, start, 4) };
}

function decodeIp6(bytes: Uint8Array, start: number): Ip6SocketAddress {
  const scopeId = readScopeId(bytes, start);
  const scope = scopeId === 0 ? undefined : String(scopeId);
  const address = IpAddress.readFrom(6, bytes, start + LAYOUTS[6].address, scope);
  const flowInfo = uint32(bytes, start + FLOW_INFO);
  return { family: 'ip6', address, port: readPort(bytes, start, 6), scopeId, flowInfo };
}
