import { networkInterfaces } from 'node:os';
import { listLinks } from '../sockets/netlink/links.js';
import type { IpAddress } from '../wire/ip-address.js';

/** The MTU of the interface that has this address; undefined where none has. The kernel's idea of paths has no part in it. */
export function interfaceMtu(address: IpAddress): number | undefined {
  const text = String(address).replace(/%.*$/, '');
  const names = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    addresses?.some(own => own.address === text) ? [name] : [],
  );
  const mtus = listLinks().flatMap(({ name, mtu }) => (name !== undefined && names.includes(name) ? (mtu ?? []) : []));
  return mtus[0];
}
