import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { IpAddress } from '../wire/ip-address.js';

/** Longer prefixes have no broadcast address: RFC 3021. */
const LONGEST_PREFIX = 30;
/** So every one of them ends in these bits: most addresses need not be looked up. */
const FEWEST_HOSTS = 0b11;

/** The IPv4 broadcast addresses of the networks that this host is on now: whoever is there may answer for them. */
export class BroadcastAddresses {
  private readonly known = new Set<number>();
  private readonly words = new Uint32Array(4);

  constructor() {
    for (const { family, address, cidr } of ownAddresses()) {
      const prefix = Number(cidr?.split('/')[1] ?? Number.NaN);
      if (family === 'IPv4' && prefix <= LONGEST_PREFIX) this.known.add(this.wordOf(IpAddress.parse(address), prefix));
    }
  }

  has(address: IpAddress): boolean {
    if (address.family !== 4) return false;
    const word = this.wordOf(address, 32);
    return (word & FEWEST_HOSTS) === FEWEST_HOSTS && this.known.has(word);
  }

  /** The last address of a network, as a number. */
  private wordOf(address: IpAddress, prefix: number): number {
    address.writeWords(this.words);
    const hosts = 2 ** (32 - prefix) - 1;
    return ((this.words[3] ?? 0) | hosts) >>> 0;
  }
}

/** None where this process may not ask for them (no netlink, no descriptor left): that is no reason not to ping. */
function ownAddresses(): NetworkInterfaceInfo[] {
  try {
    return Object.values(networkInterfaces()).flatMap(addresses => addresses ?? []);
  } catch {
    return [];
  }
}
