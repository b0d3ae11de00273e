import type { IpAddress } from '../wire/ip-address.js';
import { zonedText, zoneText } from './zone.js';

/** Zones in words, each asked for once: an address keeps its text when its interface goes, and a flood costs no look-ups. */
export class ZoneNames {
  private readonly names = new Map<string, string>();

  /** `fe80::1%eth0` for `fe80::1%2`. */
  show(address: IpAddress): string {
    return zonedText(address, scope => this.nameOf(scope));
  }

  private nameOf(scope: string): string {
    const name = this.names.get(scope) ?? zoneText(scope);
    this.names.set(scope, name);
    return name;
  }
}
