import { native } from '../io/native.js';
import type { IpAddress } from '../wire/ip-address.js';

/** The zone of an interface in words: its name; its number where it is gone. */
export function zoneName(index: number): string {
  return native().interfaceName(index) ?? String(index);
}

/** A zone as an address has it, a number or a name, in words. */
export function zoneText(scope: string): string {
  return /^\d+$/.test(scope) ? zoneName(Number(scope)) : scope;
}

/** An address as the kernel gave it, whose zone is a number, with the zone in words: fe80::1%eth0. */
export function zonedText(address: IpAddress, textOf = zoneText): string {
  const { scope } = address;
  const text = String(address);
  return scope === undefined ? text : text.slice(0, -scope.length) + textOf(scope);
}
