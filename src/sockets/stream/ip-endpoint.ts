import { ArgumentError, requireInteger } from '../../io/argument-error.js';
import type { SystemCallDetails } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { IpAddress } from '../../wire/ip-address.js';
import { encodeSocketAddress } from '../../wire/socket-address.js';

/** An address and port that a socket is bound or connected to. */
export interface IpEndpoint {
  readonly address: IpAddress;
  readonly port: number;
}

/** The address that stands for every one of this machine, by IP version. */
export const ANY_ADDRESS = { 4: IpAddress.parse('0.0.0.0'), 6: IpAddress.parse('::') } as const;

/** The address family of an IP version. */
export function familyNumber(address: IpAddress): number {
  return address.family === 4 ? LINUX.AF_INET : LINUX.AF_INET6;
}

/** The bytes of bind(2) and connect(2). A zone that is the name of an interface is looked up. */
export function encodeEndpoint({ address, port }: IpEndpoint): Uint8Array {
  if (address.family === 4) return encodeSocketAddress({ family: 'ip4', address, port });
  return encodeSocketAddress({ family: 'ip6', address, port, scopeId: scopeIdOf(address) });
}

function scopeIdOf({ scope }: IpAddress): number {
  if (scope === undefined) return 0;
  if (/^\d+$/.test(scope)) return Number(scope);
  const index = native().interfaceIndex(scope);
  if (index < 0) throw new ArgumentError('zone', scope, 'the name or index of an interface');
  return index;
}

/** `127.0.0.1:80`, `[::1]:80`. */
export function showEndpoint({ address, port }: IpEndpoint): string {
  return address.family === 4 ? `${address}:${port}` : `[${address}]:${port}`;
}

/** What an error tells of an address that a call was given. */
export function endpointDetails(endpoint: IpEndpoint): SystemCallDetails {
  return { object: showEndpoint(endpoint), address: String(endpoint.address), port: endpoint.port };
}

/** The same of a host that may have no address yet. */
export function hostDetails(host: string, port: number | string): SystemCallDetails {
  return { object: `${host}:${port}`, address: host, port: Number(port) };
}

/** What may help where the kernel says EINVAL of an address: one of a link is none without it (RFC 4007 section 6). */
export function adviceOnZone(errno: number, address: IpAddress): string | undefined {
  if (Math.abs(errno) !== LINUX.EINVAL || !address.needsZone || address.scope !== undefined) return undefined;
  return `an address of one link needs a zone, as ${address}%eth0`;
}

/** A port as programs give it: a number, or a text of digits as URLs have it. @throws ArgumentError */
export function requirePort(field: string, port: number | string | undefined): number {
  const number = typeof port === 'string' && /^\d+$/.test(port) ? Number(port) : port;
  return requireInteger(field, number, 0, 65_535);
}

/** An address that is no name. @throws ArgumentError */
export function requireAddressText(field: string, text: string): IpAddress {
  const address = typeof text === 'string' ? IpAddress.tryParse(text) : undefined;
  if (address === undefined) throw new ArgumentError(field, text, 'an IPv4 or IPv6 address');
  return address;
}
