import type { PingSummary, RttSummary } from '../../engine/ping/ping-event.js';
import { grouped, percent, thousandths } from './numbers.js';

/** What a closing block counts: a target's summary, or the total of a mass ping. */
export type PingCounts = Pick<
  PingSummary,
  'sent' | 'received' | 'lost' | 'duplicates' | 'late' | 'corrupted' | 'errors' | 'elapsed'
>;

/** `4 packets transmitted, 3 received, +1 errors, 25% packet loss, time 3004ms`: in the order of iputils' ping. */
export function countsLine(counts: PingCounts): string {
  const { sent, received, duplicates, late, corrupted, errors, elapsed } = counts;
  const extra = (count: number, what: string) => (count > 0 ? `, +${count} ${what}` : '');
  const extras = extra(duplicates, 'duplicates') + extra(corrupted, 'corrupted') + extra(errors, 'errors');
  // Not one of iputils: it counts a reply that came too late as received.
  const lateReplies = extra(late, 'late');
  const loss = sent > 0 ? `, ${percent(sent - received, sent)}% packet loss, time ${Math.round(elapsed)}ms` : '';
  return `${sent} packets transmitted, ${received} received${extras}${lateReplies}${loss}`;
}

/** `rtt min/avg/max/mdev = 0.050/0.060/0.070/0.010 ms`. */
export function rttLine({ min, mean, max, stddev }: RttSummary): string {
  return `rtt min/avg/max/mdev = ${[min, mean, max, stddev].map(thousandths).join('/')} ms`;
}

/** Not the network's doing, so it has a line of its own and an advice; empty where nothing was dropped. */
export function dropsLine(drops = 0): string {
  if (drops === 0) return '';
  return `${grouped(drops)} datagrams were dropped by this host's own receive buffer: send slower, or raise net.core.rmem_max\n`;
}
