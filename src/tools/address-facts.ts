import { Resolver } from 'node:dns/promises';
import { IpAddress } from '../wire/ip-address.js';
import { LookUps } from './look-ups.js';
import { within } from './patience.js';
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
  private readonly resolver = new Resolver({ timeout: TIMEOUT, tries: TRIES });
  private readonly asResolver = new Resolver({ timeout: TIMEOUT, tries: TRIES });
  private readonly names: LookUps<string> | undefined;
  private readonly as: LookUps<number[]> | undefined;

  constructor(names: boolean, as: AsLookupOptions | undefined) {
    if (as?.servers !== undefined) this.asResolver.setServers(as.servers);
    if (names) this.names = new LookUps(text => this.nameOf(IpAddress.parse(text)));
    if (as !== undefined) this.as = new LookUps(text => this.asOf(IpAddress.parse(text), as.zone));
  }

  /** Asks about an address, unless that was done before. */
  ask(address: string): void {
    void this.names?.of(address);
    void this.as?.of(address);
  }

  /** What is known now. */
  known(address: string): Facts {
    const name = this.names?.known(address);
    const as = this.as?.known(address);
    return { ...(name !== undefined && { name }), ...(as !== undefined && { as }) };
  }

  /** Nothing about it is being looked up. */
  isComplete(address: string): boolean {
    return this.names?.openQuestion(address) === undefined && this.as?.openQuestion(address) === undefined;
  }

  /**
   * Resolves when all is known of these addresses, or what is not has been silent for `patience` milliseconds, or was given up.
   * Where DNS is silent, that is waited for once and not for every address.
   */
  async settle(addresses: readonly string[], patience: number, given: AbortSignal): Promise<void> {
    const open = addresses.flatMap(address => {
      this.ask(address);
      return [this.names?.openQuestion(address) ?? [], this.as?.openQuestion(address) ?? []].flat();
    });
    const now = performance.now();
    const hopeful = open.filter(({ since }) => since + patience > now);
    if (hopeful.length === 0) return;
    const longest = Math.max(...hopeful.map(({ since }) => since)) + patience - now;
    await within(longest, Promise.all(hopeful.map(({ ended }) => ended)), given);
  }

  /** Gives up what is still being looked up. */
  close(): void {
    this.resolver.cancel();
    this.asResolver.cancel();
  }

  private async nameOf(address: IpAddress): Promise<string | undefined> {
    const [name] = await this.resolver.reverse(String(address).replace(/%.*$/, ''));
    return name;
  }

  private async asOf(address: IpAddress, zones: AsLookupOptions['zone']): Promise<number[] | undefined> {
    const zone = zones?.[address.family] ?? AS_ZONES[address.family];
    const records = await this.asResolver.resolveTxt(`${reversed(address)}.${zone}`);
    const numbers = records.flatMap(parts => asNumbers(parts.join('')));
    return numbers.length === 0 ? undefined : [...new Set(numbers)];
  }
}

/** Labels as in-addr.arpa (RFC 1035 section 3.5) and ip6.arpa (RFC 3596 section 2.5) have them. */
function reversed(address: IpAddress): string {
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
