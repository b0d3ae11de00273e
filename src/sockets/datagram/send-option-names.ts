import { ArgumentError } from '../../io/argument-error.js';
import { nearestName } from '../../options/nearest-name.js';
import type { SendOptions } from './outgoing-datagram.js';

const NAMES: Readonly<Record<keyof SendOptions, true>> = {
  source: true,
  interface: true,
  hopLimit: true,
  trafficClass: true,
  dontFragment: true,
  segmentSize: true,
  extensionHeaders: true,
  onTransmitted: true,
};

/**
 * Refuses what is no option of a datagram: passed over, the datagram would leave otherwise than was asked for.
 * @throws ArgumentError with the name that was probably meant.
 */
export function refuseStrangers(options: SendOptions): void {
  for (const name in options) {
    if (!Object.hasOwn(NAMES, name)) refuse(name, Reflect.get(options, name));
  }
}

function refuse(name: string, value: unknown): void {
  if (value === undefined) return;
  const names = Object.keys(NAMES);
  const nearest = nearestName(
    name,
    names.map(each => each.toUpperCase()),
  );
  const meant = names.find(each => each.toUpperCase() === nearest);
  const hint = meant === undefined ? `a datagram's options are ${names.join(', ')}` : `did you mean ${meant}?`;
  throw new ArgumentError(name, value, `no value (${hint})`);
}
