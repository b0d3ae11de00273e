import type { IpAddress } from '../../../src/wire/ip-address.js';
import { decodeIpv4Options, encodeIpv4Options, type Ipv4Option } from '../../../src/wire/ipv4-options.js';
import { NANOSECONDS_PER_MILLISECOND, type Realtime } from '../../../src/wire/time.js';
import { hasIpOptions, repairHeaderChecksum, viewPacket } from './ip-packet.js';

/** What a router or a host writes into the record-route and timestamp options of a packet that it passes on: RFC 791. */
export function recordPassage(bytes: Uint8Array, address: IpAddress, time: Realtime): void {
  if (!hasIpOptions(bytes)) return;
  const { optionsStart, optionsEnd } = viewPacket(bytes);
  const options = decodeIpv4Options(bytes, optionsStart, optionsEnd).map(option => record(option, address, time));
  bytes.fill(0, optionsStart, optionsEnd);
  bytes.set(encodeIpv4Options(options), optionsStart);
  repairHeaderChecksum(bytes);
}

function record(option: Ipv4Option, address: IpAddress, time: Realtime): Ipv4Option {
  if (option.kind === 'record-route' && option.free > 0) {
    return { ...option, recorded: [...option.recorded, address], free: option.free - 1 };
  }
  if (option.kind !== 'timestamp') return option;
  if (option.free === 0) return { ...option, overflow: Math.min(15, option.overflow + 1) };
  const stamp = Math.floor(Math.abs(time) / NANOSECONDS_PER_MILLISECOND) % 86_400_000;
  const entry = option.mode === 'tsonly' ? { time: stamp } : { address, time: stamp };
  return { ...option, recorded: [...option.recorded, entry], free: option.free - 1 };
}
