import { IpAddress } from '../wire/ip-address.js';
import { parseNumber } from './arguments.js';
import { UsageError } from './failure.js';
import { quoted } from './harmless.js';

/** iperf's port, so that the two can be used together. */
const DEFAULT_PORT = 5001;

/** Where multicasts are sent to and received from. */
export interface MulticastTarget {
  group: IpAddress;
  port: number;
}

/** GROUP[:PORT]: `239.1.2.3`, `239.1.2.3:5000`, `ff05::1`, `[ff05::1]:5000`, `[ff02::1%eth0]:5000`. */
export function parseMulticastTarget(text: string): MulticastTarget {
  const [, bracketed, v4, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  const group = IpAddress.tryParse(bracketed ?? v4 ?? text);
  if (group === undefined || !group.isMulticast) {
    throw new UsageError(`GROUP takes a multicast address, as 239.1.2.3:5000 or [ff05::1]:5000, not ${quoted(text)}`);
  }
  const range = { minimum: 1, maximum: 65_535 };
  return { group, port: port === undefined ? DEFAULT_PORT : parseNumber('PORT', port, range) };
}
