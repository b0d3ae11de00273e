import { hostUint32 } from '../../wire/byte-order.js';
import { IpAddress } from '../../wire/ip-address.js';
import type { IpSocketAddress } from '../../wire/socket-address.js';
import { decodeSocketAddress } from '../../wire/socket-address.js';
import { readIpFamily } from '../../wire/socket-address-ip.js';

/** A power of two: few senders of a socket collide, and it stays small. */
const ENTRIES = 256;

interface Entry {
  /** The name's bytes as numbers, to compare without a view. */
  words: Uint32Array;
  address: IpSocketAddress;
}

/** Socket addresses of the senders seen last, so that the datagrams of one sender share one immutable object. */
export class SourceCache {
  private readonly entries: (Entry | undefined)[] = new Array<Entry | undefined>(ENTRIES).fill(undefined);

  /** The address of the `length` bytes at `at`: undefined where there is none. IPv4-mapped addresses become IPv4. */
  get(names: Uint8Array, at: number, length: number): IpSocketAddress | undefined {
    if (length === 0 || readIpFamily(names, at) === undefined) return undefined;
    let hash = 0;
    for (let offset = 0; offset < length; offset += 4)
      hash = (Math.imul(hash, 31) + hostUint32(names, at + offset)) | 0;
    const index = (hash ^ (hash >>> 15)) & (ENTRIES - 1);
    const entry = this.entries[index];
    if (entry !== undefined && matches(entry.words, names, at, length)) return entry.address;
    const address = decode(names, at, length);
    this.entries[index] = { words: wordsOf(names, at, length), address };
    return address;
  }
}

function matches(words: Uint32Array, names: Uint8Array, at: number, length: number): boolean {
  if (words.length * 4 !== length) return false;
  for (let index = 0; index < words.length; index++) {
    if (words[index] !== hostUint32(names, at + 4 * index)) return false;
  }
  return true;
}

function wordsOf(names: Uint8Array, at: number, length: number): Uint32Array {
  return Uint32Array.from({ length: length / 4 }, (_, index) => hostUint32(names, at + 4 * index));
}

function decode(names: Uint8Array, at: number, length: number): IpSocketAddress {
  const decoded = decodeSocketAddress(names, at, length) as IpSocketAddress;
  if (!decoded.address.isV4Mapped) return Object.freeze(decoded);
  const address = IpAddress.fromValue(4, decoded.address.value);
  return Object.freeze({ family: 'ip4', address, port: decoded.port });
}
