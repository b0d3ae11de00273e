import { hostUint16, uint32 } from '../../wire/byte-order.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { Family } from '../../wire/ip-address.js';
import { type Endpoint, encodeEndpoint, type SocketFamily } from './endpoint.js';

/** A destination in the kernel's form. */
export interface EncodedDestination {
  bytes: Uint8Array;
  /** The same as words of 4 bytes. */
  words: Uint32Array;
  /** IP version of the packets to it. */
  family: Family;
  /** What it was made of, to see whether the caller's object still says the same. */
  address: Endpoint['address'];
  port: number;
}

/** Destinations in the kernel's form: made once for each endpoint object that a program sends to again and again. */
export class Destinations {
  private last: EncodedDestination | undefined;
  private readonly known = new WeakMap<Endpoint, EncodedDestination>();

  constructor(private readonly family: SocketFamily) {}

  /** @throws ArgumentError naming what is no address or port, or not of the socket's family. */
  encode(endpoint: Endpoint): EncodedDestination {
    return this.find(endpoint) ?? this.create(endpoint);
  }

  /** The destination, where it was encoded before and the endpoint has not changed since. */
  find(endpoint: Endpoint): EncodedDestination | undefined {
    if (this.last !== undefined && isSame(this.last, endpoint)) return this.last;
    const known = typeof endpoint === 'object' && endpoint !== null ? this.known.get(endpoint) : undefined;
    if (known === undefined || !isSame(known, endpoint)) return undefined;
    this.last = known;
    return known;
  }

  private create(endpoint: Endpoint): EncodedDestination {
    const bytes = encodeEndpoint('destination', endpoint, this.family);
    const { address, port } = endpoint;
    const words = new Uint32Array(bytes.slice().buffer);
    const encoded = { bytes, words, family: packetFamilyOf(bytes), address, port };
    // An interface's index changes when it is taken away and comes back under the same name.
    if (String(address).includes('%')) return encoded;
    this.known.set(endpoint, encoded);
    this.last = encoded;
    return encoded;
  }
}

function isSame(encoded: EncodedDestination, endpoint: Endpoint): boolean {
  return encoded.port === endpoint?.port && encoded.address === endpoint.address;
}

/** Packets to an IPv4-mapped address are IPv4. */
export function packetFamilyOf(name: Uint8Array): Family {
  if (hostUint16(name, 0) === LINUX.AF_INET) return 4;
  const address = LINUX.offsetof_sockaddr_in6_sin6_addr;
  const mapped = uint32(name, address) === 0 && uint32(name, address + 4) === 0 && uint32(name, address + 8) === 0xffff;
  return mapped ? 4 : 6;
}
