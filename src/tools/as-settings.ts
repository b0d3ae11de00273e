import { ArgumentError, requireObject } from '../io/argument-error.js';
import { IpAddress } from '../wire/ip-address.js';
import type { AsLookupOptions } from './trace-options.js';

const SERVERS = 'one or more addresses of DNS servers: ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT';
const ZONE = "names of zones: { 4: 'origin.example', 6: 'origin6.example' }";

/**
 * Where AS numbers are looked up; undefined: they are not.
 * @throws ArgumentError
 */
export function asSettings(value: unknown): AsLookupOptions | undefined {
  if (value === undefined || value === false) return undefined;
  if (value === true) return {};
  const { servers, zone } = requireObject(
    'as',
    value,
    'true, false, or an object with zone or servers',
  ) as AsLookupOptions;
  if (servers !== undefined && !(Array.isArray(servers) && servers.length > 0 && servers.every(isDnsServer))) {
    throw new ArgumentError('as.servers', Array.isArray(servers) ? servers.join(', ') : servers, SERVERS);
  }
  if (zone !== undefined) {
    for (const name of Object.values(requireObject('as.zone', zone, ZONE))) {
      if (name !== undefined && !isDnsZone(name)) throw new ArgumentError('as.zone', name, ZONE);
    }
  }
  return { servers, zone };
}

/** What `dns.Resolver.setServers` takes. */
export function isDnsServer(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const [, address = value, port = '53'] =
    /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(value) ?? /^([^:]+):(\d{1,5})$/.exec(value) ?? [];
  return IpAddress.tryParse(address) !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

/** RFC 1035 section 2.3.4: labels of 1 to 63 octets. */
export function isDnsZone(value: unknown): boolean {
  return typeof value === 'string' && /^[^\s.]{1,63}(\.[^\s.]{1,63})*\.?$/.test(value);
}
