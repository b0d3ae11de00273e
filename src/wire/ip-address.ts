import { AddressFormatError } from './address-format-error.js';
import { V4_MAPPED_PREFIX } from './address-words.js';
import { setUint32, uint32 } from './byte-order.js';
import { formatV4, formatV6, isZone, parseV4, parseV6 } from './ip-address-text.js';
import { WireFormatError } from './wire-format-error.js';

/** By this key Node's console asks a value how to show itself; the words inside would tell a person nothing. */
const inspect = Symbol.for('nodejs.util.inspect.custom');

/** IP version. */
export type Family = 4 | 6;

/**
 * An IPv4 or IPv6 address. Immutable. The predicates speak of the address as it stands: `unmap()` first where an
 * IPv4-mapped address should count as the IPv4 address in it.
 */
export class IpAddress {
  readonly family: Family;
  /** Zone id as text, `eth0` or `2` (RFC 4007); IPv6 only. */
  readonly scope: string | undefined;
  // Signed words, because a signed 32-bit integer costs V8 no box: a million addresses fit in little memory.
  private readonly word0: number;
  private readonly word1: number;
  private readonly word2: number;
  private readonly word3: number;

  private constructor(family: Family, word0: number, word1: number, word2: number, word3: number, scope?: string) {
    this.family = family;
    this.scope = scope;
    this.word0 = word0 | 0;
    this.word1 = word1 | 0;
    this.word2 = word2 | 0;
    this.word3 = word3 | 0;
  }

  /**
   * The address that `text` writes: dotted decimal, or RFC 4291 section 2.2 text with an optional `%zone`.
   * Octal octets and short IPv4 forms are refused, because programs disagree on what they mean.
   * @throws AddressFormatError naming the text.
   */
  static parse(text: string): IpAddress {
    const address = IpAddress.tryParse(text);
    if (address === undefined) throw new AddressFormatError(text, 'an IPv4 or IPv6 address');
    return address;
  }

  /** As `parse`, but undefined for a text that is no address: a host name, for instance. */
  static tryParse(text: string): IpAddress | undefined {
    const word = parseV4(text);
    if (word !== undefined) return new IpAddress(4, 0, 0, V4_MAPPED_PREFIX, word);
    const percent = text.indexOf('%');
    const scope = percent < 0 ? undefined : text.slice(percent + 1);
    if (scope !== undefined && !isZone(scope)) return undefined;
    const words = parseV6(percent < 0 ? text : text.slice(0, percent));
    return words && IpAddress.fromWords(6, words, 0, scope);
  }

  /**
   * The address in 4 or 16 bytes of network order, which are copied.
   * @throws WireFormatError for any other number of bytes, and for an IPv4 address with a scope.
   */
  static fromBytes(bytes: Uint8Array, scope?: string): IpAddress {
    if (bytes.length === 4 && scope === undefined) return IpAddress.readFrom(4, bytes, 0);
    if (bytes.length === 16) return IpAddress.readFrom(6, bytes, 0, scope);
    const problem = bytes.length === 4 ? 'an IPv4 address has no scope' : `${bytes.length} bytes, not 4 or 16`;
    throw new WireFormatError('IP address', 0, problem);
  }

  /** The address that starts at `offset`; the caller has checked that 4 or 16 bytes are there. */
  static readFrom(family: Family, bytes: Uint8Array, offset: number, scope?: string): IpAddress {
    if (family === 4) return new IpAddress(4, 0, 0, V4_MAPPED_PREFIX, uint32(bytes, offset));
    const word = (index: number) => uint32(bytes, offset + 4 * index);
    return new IpAddress(6, word(0), word(1), word(2), word(3), scope);
  }

  /** The address in four words as `writeWords` leaves them; for family 4 only the last one counts. */
  static fromWords(family: Family, words: Uint32Array, offset = 0, scope?: string): IpAddress {
    const word = (index: number) => words[offset + index] ?? 0;
    if (family === 4) return new IpAddress(4, 0, 0, V4_MAPPED_PREFIX, word(3));
    return new IpAddress(6, word(0), word(1), word(2), word(3), scope);
  }

  /** 4 or 16 bytes in network order: a copy, at every call. */
  get bytes(): Uint8Array {
    const bytes = new Uint8Array(this.byteLength);
    this.writeBytes(bytes, 0);
    return bytes;
  }

  /** 4 or 16. */
  get byteLength(): number {
    return this.family === 4 ? 4 : 16;
  }

  /** Writes the 4 or 16 bytes of the address. */
  writeBytes(out: Uint8Array, offset = 0): void {
    const low = offset + this.byteLength - 4;
    setUint32(out, low, this.word3);
    if (this.family === 4) return;
    setUint32(out, offset, this.word0);
    setUint32(out, offset + 4, this.word1);
    setUint32(out, offset + 8, this.word2);
  }

  /** Writes four words; an IPv4 address is written IPv4-mapped: 0, 0, 0xffff, address. */
  writeWords(out: Uint32Array, offset = 0): void {
    out[offset] = this.word0;
    out[offset + 1] = this.word1;
    out[offset + 2] = this.word2;
    out[offset + 3] = this.word3;
  }

  /** The address as an unsigned number of 32 or 128 bits. */
  get value(): bigint {
    const low = BigInt(this.word3 >>> 0);
    if (this.family === 4) return low;
    const word = (signed: number, shift: bigint) => BigInt(signed >>> 0) << shift;
    return word(this.word0, 96n) | word(this.word1, 64n) | word(this.word2, 32n) | low;
  }

  /** The address of `value`, of which the lowest 32 or 128 bits count. */
  static fromValue(family: Family, value: bigint, scope?: string): IpAddress {
    const word = (shift: bigint) => Number(BigInt.asUintN(32, value >> shift));
    if (family === 4) return new IpAddress(4, 0, 0, V4_MAPPED_PREFIX, word(0n));
    return new IpAddress(6, word(96n), word(64n), word(32n), word(0n), scope);
  }

  /** The address after this one; after the last one of the family comes the first. */
  next(): IpAddress {
    const word3 = (this.word3 + 1) | 0;
    if (this.family === 4) return new IpAddress(4, 0, 0, V4_MAPPED_PREFIX, word3);
    const word2 = word3 === 0 ? (this.word2 + 1) | 0 : this.word2;
    const carried = word3 === 0 && word2 === 0;
    const word1 = carried ? (this.word1 + 1) | 0 : this.word1;
    const word0 = carried && word1 === 0 ? this.word0 + 1 : this.word0;
    return new IpAddress(6, word0, word1, word2, word3, this.scope);
  }

  /** RFC 5952 text, with the zone where there is one. */
  toString(): string {
    if (this.family === 4) return formatV4(this.word3);
    const text = formatV6([this.word0 >>> 0, this.word1 >>> 0, this.word2 >>> 0, this.word3 >>> 0]);
    return this.scope === undefined ? text : `${text}%${this.scope}`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect](): string {
    return `IpAddress(${this})`;
  }

  /** Same family, same bits, same scope. */
  equals(other: IpAddress): boolean {
    return (
      this.word3 === other.word3 &&
      this.word2 === other.word2 &&
      this.word1 === other.word1 &&
      this.word0 === other.word0 &&
      this.family === other.family &&
      this.scope === other.scope
    );
  }

  /** 0.0.0.0 or ::. */
  get isUnspecified(): boolean {
    return this.word3 === 0 && (this.family === 4 || (this.word0 | this.word1 | this.word2) === 0);
  }

  /** What the kernel makes of it as a destination: of the unspecified address this host's loopback, of others themselves. */
  get asDestination(): IpAddress {
    if (!this.isUnspecified) return this;
    return IpAddress.parse(this.family === 4 ? '127.0.0.1' : '::1');
  }

  /** 127.0.0.0/8 (RFC 1122 section 3.2.1.3) or ::1. */
  get isLoopback(): boolean {
    if (this.family === 4) return this.word3 >>> 24 === 127;
    return this.word3 === 1 && (this.word0 | this.word1 | this.word2) === 0;
  }

  /** 224.0.0.0/4 (RFC 5771) or ff00::/8. */
  get isMulticast(): boolean {
    return this.family === 4 ? this.word3 >>> 28 === 0xe : this.word0 >>> 24 === 0xff;
  }

  /** 169.254.0.0/16 (RFC 3927) or fe80::/10. */
  get isLinkLocal(): boolean {
    return this.family === 4 ? this.word3 >>> 16 === 0xa9fe : this.word0 >>> 22 === 0xfe80 >>> 6;
  }

  /** Whether it means an interface's own only (RFC 4007): fe80::/10, and groups of interface-local or link-local scope. */
  get needsZone(): boolean {
    if (this.family === 4) return false;
    const scope = (this.word0 >>> 16) & 0xf;
    return this.isLinkLocal || (this.isMulticast && (scope === 1 || scope === 2));
  }

  /** 255.255.255.255. */
  get isBroadcast(): boolean {
    return this.family === 4 && this.word3 === -1;
  }

  /** ::ffff:0:0/96: an IPv4 address as an IPv6 socket shows it. */
  get isV4Mapped(): boolean {
    return this.family === 6 && (this.word0 | this.word1) === 0 && this.word2 === V4_MAPPED_PREFIX;
  }

  /** The IPv4 address in an IPv4-mapped one; any other address as it is. */
  unmap(): IpAddress {
    return this.isV4Mapped ? new IpAddress(4, 0, 0, V4_MAPPED_PREFIX, this.word3) : this;
  }
}
