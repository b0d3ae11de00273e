import { Resolver } from 'node:dns/promises';
import { IpAddress } from '../wire/ip-address.js';
import type { AsLookupOptions } from './trace-options.js';

/** Milliseconds for one try; c-ares doubles it for the second. */
const TIMEOUT = 2000;
const TRIES = 2;
/** Team Cymru's zones: TXT "13335 | 1.1.1.0/24 | AU | apnic | 2011-08-11". */
const AS_ZONES = { 4: 'origin.asn.cymru.com', 6: 'origin6.asn.cymru.com' } as const;

/** What DNS knows of one address. */
export interface Facts {
  name?: string;
  /** AS numbers that originate it: several where it is announced by several. */
  as?: number[];
}

/** Names and AS numbers of addresses, each looked up once. */
export class AddressFacts {
  private readonly facts = new Map<string, Facts>();
  private readonly pending = new Map<string, Promise<void>>();
  private readonly resolver = new Resolver({ timeout: TIMEOUT, tries: TRIES });
  private readonly asResolver = new Resolver({ timeout: TIMEOUT, tries: TRIES });

  constructor(
    private readonly names: boolean,
    private readonly as: AsLookupOptions | undefined,
  ) {
    if (as?.servers !== undefined) this.asResolver.setServers(as.servers);
  }

  /** Resolves when all is known that will be; never rejects. */
  of(address: string): Promise<void> {
    const pending = this.pending.get(address) ?? this.lookUp(address);
    this.pending.set(address, pending);
    return pending;
  }

  /** What is known now. */
  known(address: string): Facts {
    return this.facts.get(address) ?? {};
  }

  /** Gives up what is still being looked up. */
  close(): void {
    this.resolver.cancel();
    this.asResolver.cancel();
  }

  private async lookUp(text: string): Promise<void> {
    const address = IpAddress.parse(text);
    const facts: Facts = {};
    this.facts.set(text, facts);
    await Promise.allSettled([
      this.names ? this.lookUpName(address, facts) : undefined,
      this.as !== undefined ? this.lookUpAs(address, facts) : undefined,
    ]);
  }

  private async lookUpName(address: IpAddress, facts: Facts): Promise<void> {
    const [name] = await this.resolver.reverse(String(address).replace(/%.*$/, ''));
    if (name !== undefined) facts.name = name;
  }

  private async lookUpAs(address: IpAddress, facts: Facts): Promise<void> {
    const zone = this.as?.zone?.[address.family] ?? AS_ZONES[address.family];
    const records = await this.asResolver.resolveTxt(`${reversed(address)}.${zone}`);
    const numbers = records.flatMap(parts => asNumbers(parts.join('')));
    if (numbers.length > 0) facts.as = [...new Set(numbers)];
  }
}

/** Labels as in-addr.arpa (RFC 1035 section 3.5) and ip6.arpa (RFC 3596 section 2.5) have them. */
export function reversed(address: IpAddress): string {
  const bytes = [...address.bytes];
  if (address.family === 4) return bytes.reverse().join('.');
  const nibbles = bytes.flatMap(byte => [byte >>> 4, byte & 0xf]);
  return nibbles
    .reverse()
    .map(nibble => nibble.toString(16))
    .join('.');
}

/** The numbers before the first `|`: "23028 13335 | 216.90.108.0/24 | US | arin | 1998-09-25". */
export function asNumbers(record: string): number[] {
  const [first = ''] = record.split('|');
  return first
    .trim()
    .split(/\s+/)
    .filter(text => /^\d{1,10}$/.test(text))
    .map(Number);
}
