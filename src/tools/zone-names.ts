import type { IpAddress } from '../wire/ip-address.js';
import { zonedText } from './zone.js';

/** Zones in words, each asked for once: an address keeps its text when its interface goes, and a flood costs no look-ups. */
export class ZoneNames {
  private readonly names = new Map<string, string>();

  /** `fe80::1%eth0` for `fe80::1%2`. */
  show(address: IpAddress): string {
    const { scope } = address;
    if (scope === undefined) return address.toString();
    const text = address.toString();
    const plain = text.slice(0, -scope.length);
    const name = this.names.get(scope) ?? zonedText(address).slice(plain.length);
    this.names.set(scope, name);
    return plain + name;
  }
}
