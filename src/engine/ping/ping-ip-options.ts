import { decodeIpv4Options, type Ipv4Option } from '../../wire/ipv4-options.js';
import { WireFormatError } from '../../wire/wire-format-error.js';
import type { Arrival } from '../arrival.js';
import type { PingIpOptions, PingTimestamp } from './ping-event.js';

/** RFC 791 section 3.1: the highest bit marks a time that is not milliseconds since midnight UT. */
const NOT_STANDARD = 0x80000000;

/** What routers recorded on the way; undefined where the reply had no IP options, or none that can be read. */
export function ipOptionsOf(arrival: Arrival): PingIpOptions | undefined {
  if (arrival.optionsStart === arrival.optionsEnd) return undefined;
  const options: PingIpOptions = {};
  for (const option of readOptions(arrival)) {
    if (option.kind === 'record-route') {
      options.recordRoute = option.recorded.map(String);
    } else if (option.kind === 'timestamp') {
      options.timestamps = option.recorded.map(
        ({ address, time }): PingTimestamp => ({
          ...(address && { address: address.toString() }),
          timestamp: time >= NOT_STANDARD ? null : time,
        }),
      );
      options.timestampOverflow = option.overflow;
    }
  }
  return options.recordRoute || options.timestamps ? options : undefined;
}

function readOptions(arrival: Arrival): Ipv4Option[] {
  try {
    return decodeIpv4Options(arrival.optionsBytes, arrival.optionsStart, arrival.optionsEnd);
  } catch (error) {
    if (error instanceof WireFormatError) return [];
    throw error;
  }
}
