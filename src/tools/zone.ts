import { native } from '../io/native.js';
import type { IpAddress } from '../wire/ip-address.js';

/** The zone of an interface in words: its name; its number where it is gone. */
export function zoneName(index: number): string {
  return native().interfaceName(index) ?? String(index);
}

/** An address as the kernel gave it, whose zone is a number, with the zone in words: fe80::1%eth0. */
export function zonedText(address: IpAddress): string {
  return String(address).replace(/%(\d+)$/, (_, index) => `%${zoneName(Number(index))}`);
}
