import { icmpErrorMtu } from '../../wire/icmp-error.js';
import { ICMP_QUOTE_OFFSET, icmpQuoteEnd } from '../../wire/icmp-quote.js';
import { IpAddress } from '../../wire/ip-address.js';
import { IpPacketReader } from '../../wire/ip-packet-reader.js';
import type { Arrival } from '../arrival.js';
import { carriesMtu } from '../trace/answer-kind.js';

const SHORTEST = ICMP_QUOTE_OFFSET + 20;
const reader = new IpPacketReader();

/**
 * The sender and MTU of a report that quotes none of our probes and is nevertheless about packets to the target; undefined
 * for anything else: a raw socket also gets what is meant for others.
 */
export function mismatchedReport(
  { kind, family, bytes, start, end, address }: Arrival,
  target: IpAddress,
): { from: string; mtu: number } | undefined {
  if (kind !== 'message' || family !== target.family || end - start < SHORTEST) return undefined;
  if (!carriesMtu(family, bytes[start] ?? 0, bytes[start + 1] ?? 0)) return undefined;
  const quoteEnd = icmpQuoteEnd(family, bytes, start, end);
  if (!reader.read(bytes, start + ICMP_QUOTE_OFFSET, quoteEnd, true) || reader.family !== family) return undefined;
  if (IpAddress.readFrom(family, bytes, reader.destinationStart).value !== target.value) return undefined;
  return { from: String(IpAddress.fromWords(family, address)), mtu: icmpErrorMtu(family, bytes, start) };
}
