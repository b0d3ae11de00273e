import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { ArgumentError } from '../../io/argument-error.js';
import { IpAddress } from '../../wire/ip-address.js';

/** What is looked up, and how: as net.connect has it. */
export interface ResolveRequest {
  host: string;
  /** Only addresses of this IP version; 0 is either. */
  family: 0 | 4 | 6;
  /** In place of dns.lookup. */
  lookup?: LookupFunction;
}

/** The name or the address of a host, or undefined, or a refusal by name. */
export function requireHost(host: unknown): void {
  if (host === undefined || (typeof host === 'string' && host !== '')) return;
  throw new ArgumentError('host', host, 'a name or an address');
}

/**
 * The addresses of a host, in the order in which they are to be tried: the resolver's, with the families taking turns
 * (RFC 8305 section 4). A text that is an address is that address.
 * @throws what the lookup function gives, and where it gives no address of the family, an error as dns.lookup's: with code
 * 'ENOTFOUND' and the hostname. ArgumentError where it gives something else.
 */
export async function resolveAddresses({ host, family, lookup = systemLookup }: ResolveRequest): Promise<IpAddress[]> {
  const literal = IpAddress.tryParse(host);
  if (literal !== undefined) return [literal];
  const found = await new Promise<unknown>((resolve, reject) => {
    lookup(host, { all: true, family }, (error, addresses) => {
      if (error) reject(error);
      else resolve(addresses);
    });
  });
  const wanted = foundAddresses(found).filter(address => family === 0 || address.family === family);
  if (wanted.length === 0) throw notFound(host);
  return takeTurns(wanted);
}

/** A function that does not know of `all` gives one address as text. */
function foundAddresses(found: unknown): IpAddress[] {
  if (found === undefined || found === null) return [];
  if (!Array.isArray(found)) return [foundAddress(found)];
  return found.map(each => foundAddress((each as { address?: unknown } | null)?.address ?? each));
}

/** As dns.lookup has it. */
function notFound(hostname: string): Error {
  const error = new Error(`getaddrinfo ENOTFOUND ${hostname}`);
  return Object.assign(error, { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname });
}

function foundAddress(found: unknown): IpAddress {
  const address = typeof found === 'string' ? IpAddress.tryParse(found) : undefined;
  if (address !== undefined) return address;
  throw new ArgumentError('lookup', found, 'a function that finds IP addresses');
}

/** The first address first, then one of the other family, and so on while both last. */
function takeTurns(addresses: readonly IpAddress[]): IpAddress[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const other = addresses.filter(({ family }) => family !== addresses[0]?.family);
  const turns = Array.from({ length: Math.max(first.length, other.length) }, (_, turn) => [first[turn], other[turn]]);
  return turns.flat().filter(address => address !== undefined);
}
