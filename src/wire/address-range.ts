import { AddressFormatError } from './address-format-error.js';
import { type Family, IpAddress } from './ip-address.js';

/** How to read a range. */
export interface AddressRangeOptions {
  /**
   * Leave the network's and the broadcast address out of an IPv4 prefix of up to 30 bits: what `fping -g` does with a
   * prefix. Longer prefixes have neither (RFC 3021), IPv6 has no broadcast, and FIRST-LAST always means all of them.
   * Default: false.
   */
  hostsOnly?: boolean;
}

const EXPECTED = 'an address, a block ADDRESS/BITS or a range FIRST-LAST';

/** Addresses that follow one another. Iterating makes them one at a time, so a /8 costs no more memory than a /32. */
export class AddressRange implements Iterable<IpAddress> {
  readonly first: IpAddress;
  readonly last: IpAddress;

  private constructor(first: IpAddress, last: IpAddress) {
    this.first = first;
    this.last = last;
  }

  /**
   * Reads `192.0.2.0/24`, `2001:db8::/120`, `10.0.0.1-10.0.0.9` or one address. Host bits in a block are ignored.
   * @throws AddressFormatError for anything else, for mixed families and for a range that ends before it starts.
   */
  static parse(text: string, options: AddressRangeOptions = {}): AddressRange {
    const single = IpAddress.tryParse(text);
    if (single !== undefined) return new AddressRange(single, single);
    const range = text.includes('/') ? parseBlock(text, options.hostsOnly ?? false) : parsePair(text);
    if (range === undefined) throw new AddressFormatError(text, EXPECTED);
    return new AddressRange(...range);
  }

  /** How many addresses there are: up to 2 to the 128th. */
  get count(): bigint {
    return this.last.value - this.first.value + 1n;
  }

  /** Whether `address` is one of them. A range with a scope contains addresses of that scope only. */
  contains(address: IpAddress): boolean {
    if (address.family !== this.first.family) return false;
    if (this.first.scope !== undefined && this.first.scope !== address.scope) return false;
    return address.value >= this.first.value && address.value <= this.last.value;
  }

  *[Symbol.iterator](): Generator<IpAddress, void, undefined> {
    let address = this.first;
    while (!address.equals(this.last)) {
      yield address;
      address = address.next();
    }
    yield address;
  }

  /** FIRST-LAST, or the one address. */
  toString(): string {
    return this.first.equals(this.last) ? this.first.toString() : `${this.first}-${this.last}`;
  }
}

function parseBlock(text: string, hostsOnly: boolean): [IpAddress, IpAddress] | undefined {
  const slash = text.indexOf('/');
  const address = IpAddress.tryParse(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(digits)) return undefined;
  const hostBits = 8 * address.byteLength - Number(digits);
  if (hostBits < 0) return undefined;
  const low = (address.value >> BigInt(hostBits)) << BigInt(hostBits);
  const high = low + (1n << BigInt(hostBits)) - 1n;
  const margin = hostsOnly && address.family === 4 && hostBits >= 2 ? 1n : 0n;
  return pair(address.family, low + margin, high - margin, address.scope);
}

/** A zone may hold hyphens (`fe80::1%br-lan-fe80::9%br-lan`), so every hyphen is tried. */
function parsePair(text: string): [IpAddress, IpAddress] | undefined {
  for (let at = text.indexOf('-'); at >= 0; at = text.indexOf('-', at + 1)) {
    const first = IpAddress.tryParse(text.slice(0, at));
    const last = IpAddress.tryParse(text.slice(at + 1));
    if (first === undefined || last === undefined) continue;
    const scope = first.scope ?? last.scope;
    const scopesAgree = (last.scope ?? scope) === scope;
    if (first.family !== last.family || !scopesAgree || first.value > last.value) return undefined;
    return pair(first.family, first.value, last.value, scope);
  }
  return undefined;
}

function pair(family: Family, first: bigint, last: bigint, scope: string | undefined): [IpAddress, IpAddress] {
  return [IpAddress.fromValue(family, first, scope), IpAddress.fromValue(family, last, scope)];
}
