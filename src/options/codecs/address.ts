import {
  hostUint16,
  hostUint32,
  setHostUint16,
  setHostUint32,
  setUint16,
  setUint32,
  uint16,
  uint32,
} from '../../wire/byte-order.js';
import { LINUX } from '../../wire/constants.generated.js';
import { type Family, IpAddress } from '../../wire/ip-address.js';
import { requireBytes, WireFormatError } from '../../wire/wire-format-error.js';
import type { Codec, EncodeContext } from '../codec.js';
import { OptionValueError } from '../option-value-error.js';
import type { Field } from './field.js';

/** An address as text or parsed; reading gives text, as Node's own `address()` does. */
export type AddressInput = string | IpAddress;

/** An interface by name or index; 0 lets the kernel choose. */
export type InterfaceInput = string | number;

/** An address and port; `scope_id` is the interface of a link-local IPv6 address. */
export interface Endpoint {
  address: string;
  port: number;
}

export interface EndpointInput {
  address: AddressInput;
  /** Default: 0. */
  port?: number;
}

const INDEX_MAX = 2 ** 31 - 1;

/** The address that `value` is, of the family that is asked for if one is. */
export function requireAddress(value: AddressInput, { name }: EncodeContext, family?: Family): IpAddress {
  const address = typeof value === 'string' ? IpAddress.tryParse(value) : value;
  const kind = family === undefined ? 'an IP address' : `an IPv${family} address`;
  if (!(address instanceof IpAddress) || (family !== undefined && address.family !== family)) {
    throw new OptionValueError(name, value instanceof IpAddress ? value.toString() : value, `allowed is ${kind}`);
  }
  return address;
}

/** The index of the interface that `value` is. */
export function requireInterface(value: InterfaceInput, { name, interfaceIndex }: EncodeContext): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= INDEX_MAX) return value;
  if (typeof value !== 'string')
    throw new OptionValueError(name, value, 'allowed is the name or index of an interface');
  const index = interfaceIndex?.(value) ?? 0;
  if (index <= 0) throw new OptionValueError(name, value, 'this machine has no interface of that name');
  return index;
}

function addressField(family: Family): Field<string, AddressInput> {
  return {
    shape: 'string',
    size: family === 4 ? 4 : 16,
    read: (bytes, at) => IpAddress.readFrom(family, bytes, at).toString(),
    write: (bytes, at, value, context) => requireAddress(value, context, family).writeBytes(bytes, at),
  };
}

/** `struct in_addr`. */
export const inAddr = addressField(4);

/** `struct in6_addr`. */
export const in6Addr = addressField(6);

/** An int that holds the index of an interface. */
export const interfaceField: Field<number, InterfaceInput> = {
  shape: 'string | number',
  size: 4,
  read: hostUint32,
  write: (bytes, at, value, context) => setHostUint32(bytes, at, requireInterface(value, context)),
};

/** `struct sockaddr_in` or `struct sockaddr_in6` in the 128 bytes of a `struct sockaddr_storage`. */
export const socketAddress: Field<Endpoint, EndpointInput> = {
  shape: '{ address: string; port?: number }',
  size: LINUX.sizeof_sockaddr_storage,
  read: readEndpoint,
  write(bytes, at, value, context) {
    const { address, port = 0 } = value;
    const parsed = requireAddress(address, context);
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
      throw new OptionValueError(context.name, port, 'a port is a whole number from 0 to 65535');
    }
    writeEndpoint(bytes, at, parsed, port, context);
  },
};

/** `struct sockaddr_in6` in its own size. */
export const socketAddress6: Field<Endpoint, EndpointInput> = { ...socketAddress, size: LINUX.sizeof_sockaddr_in6 };

/** `socketAddress` without a port, given and read as an address alone: groups and sources of multicast. */
export const storedAddress: Field<string, AddressInput> = {
  shape: 'string',
  size: LINUX.sizeof_sockaddr_storage,
  read: (bytes, at) => readEndpoint(bytes, at).address,
  write: (bytes, at, value, context) => writeEndpoint(bytes, at, requireAddress(value, context), 0, context),
};

function writeEndpoint(bytes: Uint8Array, at: number, address: IpAddress, port: number, context: EncodeContext): void {
  const v4 = address.family === 4;
  setHostUint16(bytes, at, v4 ? LINUX.AF_INET : LINUX.AF_INET6);
  setUint16(bytes, at + LINUX.offsetof_sockaddr_in_sin_port, port);
  address.writeBytes(bytes, at + (v4 ? LINUX.offsetof_sockaddr_in_sin_addr : LINUX.offsetof_sockaddr_in6_sin6_addr));
  if (address.scope === undefined) return;
  const scope = /^\d+$/.test(address.scope) ? Number(address.scope) : address.scope;
  setHostUint32(bytes, at + LINUX.offsetof_sockaddr_in6_sin6_scope_id, requireInterface(scope, context));
}

function readEndpoint(bytes: Uint8Array, at: number): Endpoint {
  const v4 = hostUint16(bytes, at) === LINUX.AF_INET;
  const port = uint16(bytes, at + LINUX.offsetof_sockaddr_in_sin_port);
  if (v4) return { address: IpAddress.readFrom(4, bytes, at + LINUX.offsetof_sockaddr_in_sin_addr).toString(), port };
  const index = hostUint32(bytes, at + LINUX.offsetof_sockaddr_in6_sin6_scope_id);
  const scope = index === 0 ? undefined : String(index);
  const address = IpAddress.readFrom(6, bytes, at + LINUX.offsetof_sockaddr_in6_sin6_addr, scope);
  return { address: address.toString(), port };
}

/** An interface alone, as an int in host order. */
export const interfaceIndex: Codec<number, InterfaceInput> = {
  shape: 'string | number',
  size: 4,
  encode(value, context) {
    const bytes = new Uint8Array(4);
    setHostUint32(bytes, 0, requireInterface(value, context));
    return bytes;
  },
  decode(bytes) {
    requireBytes('interface index', 0, bytes.length, 4);
    return hostUint32(bytes, 0);
  },
};

/** An interface alone, in network order: IP_UNICAST_IF and IPV6_UNICAST_IF (net/ipv4/ip_sockglue.c: `__be32`). */
export const interfaceIndexInNetworkOrder: Codec<number, InterfaceInput> = {
  shape: 'string | number',
  size: 4,
  encode(value, context) {
    const bytes = new Uint8Array(4);
    setUint32(bytes, 0, requireInterface(value, context));
    return bytes;
  },
  decode(bytes) {
    requireBytes('interface index', 0, bytes.length, 4);
    return uint32(bytes, 0);
  },
};

/**
 * A socket address as the kernel gives it back: SO_PEERNAME, SO_ORIGINAL_DST. The former wants the exact size
 * (net/core/sock.c: `if (lv < len) return -EINVAL`), and is an option of every family: a name of a Unix-domain socket that is
 * long enough comes too, cut off.
 * @param name of the option, for errors.
 */
export function endpoint(name: string): Codec<Endpoint> {
  return {
    shape: '{ address: string; port: number }',
    size: LINUX.sizeof_sockaddr_in6,
    smallerSizes: [LINUX.sizeof_sockaddr_in],
    encode(value, context) {
      const bytes = new Uint8Array(LINUX.sizeof_sockaddr_storage);
      socketAddress.write(bytes, 0, value, context);
      return bytes;
    },
    decode(bytes) {
      requireBytes(name, 0, bytes.length, LINUX.sizeof_sockaddr_in);
      const family = hostUint16(bytes, 0);
      if (family !== LINUX.AF_INET && family !== LINUX.AF_INET6) {
        throw new WireFormatError(name, 0, `an address of family ${family}, neither IPv4 nor IPv6`);
      }
      if (family === LINUX.AF_INET6) requireBytes(name, 0, bytes.length, LINUX.sizeof_sockaddr_in6);
      return readEndpoint(bytes, 0);
    },
  };
}
