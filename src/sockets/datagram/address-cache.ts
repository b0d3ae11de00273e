import type { DatagramControl } from '../../wire/datagram-control.js';
import { IpAddress } from '../../wire/ip-address.js';
import { PacketInfoAt, packetInfoSize } from '../../wire/packet-info.js';
import { decodeSocketAddress, type IpSocketAddress } from '../../wire/socket-address.js';
import { readIpFamily } from '../../wire/socket-address-ip.js';

/** A power of two: few senders of a socket collide, and it stays small. */
const ENTRIES = 256;

interface Entry<Value> {
  /** The structure's bytes as words, to compare without a view. */
  words: Uint32Array;
  value: Value;
}

/** Addresses seen last, so that the datagrams of one sender, or to one address, share one immutable object. */
export class AddressCache {
  private readonly sources: (Entry<IpSocketAddress> | undefined)[] = new Array(ENTRIES).fill(undefined);
  private destination: Entry<{ to: IpAddress; local: IpAddress }> | undefined;

  /**
   * The socket address in `length` bytes from `at`, a multiple of 8; undefined where there is none of IP. IPv4-mapped
   * addresses are given as IPv4. `bytes` and `words` are the same memory from the same byte on.
   */
  source(bytes: Uint8Array, words: Uint32Array, at: number, length: number): IpSocketAddress | undefined {
    const first = at >> 2;
    const count = length >> 2;
    let hash = 0;
    for (let index = 0; index < count; index++) hash = (Math.imul(hash, 31) + (words[first + index] ?? 0)) | 0;
    const place = (hash ^ (hash >>> 15)) & (ENTRIES - 1);
    const entry = this.sources[place];
    if (entry !== undefined && matches(entry.words, words, first, count)) return entry.value;
    if (count === 0 || readIpFamily(bytes, at) === undefined) return undefined;
    const value = decodeSource(bytes, at, length);
    this.sources[place] = { words: words.slice(first, first + count), value };
    return value;
  }

  /** Where a datagram was sent to, and the address of this machine that it was for. */
  packetInfo(
    bytes: Uint8Array,
    words: Uint32Array,
    control: DatagramControl,
  ): { to: IpAddress; local: IpAddress } | undefined {
    const { packetInfoFamily: family, packetInfoStart: start } = control;
    if (family === 0) return undefined;
    const first = start >> 2;
    const size = packetInfoSize(family) >> 2;
    if (this.destination !== undefined && matches(this.destination.words, words, first, size))
      return this.destination.value;
    const to = PacketInfoAt.destination(bytes, start, family).unmap();
    const value = { to, local: PacketInfoAt.local(bytes, start, family).unmap() };
    this.destination = { words: words.slice(first, first + size), value };
    return value;
  }
}

function matches(kept: Uint32Array, words: Uint32Array, first: number, count: number): boolean {
  if (kept.length !== count) return false;
  for (let index = 0; index < count; index++) {
    if (kept[index] !== words[first + index]) return false;
  }
  return true;
}

function decodeSource(bytes: Uint8Array, at: number, length: number): IpSocketAddress {
  const decoded = decodeSocketAddress(bytes, at, length) as IpSocketAddress;
  if (!decoded.address.isV4Mapped) return Object.freeze(decoded);
  const address = IpAddress.fromValue(4, decoded.address.value);
  return Object.freeze({ family: 'ip4', address, port: decoded.port });
}
