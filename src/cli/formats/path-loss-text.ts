import type { LiveHop, LiveResult, PathLoss } from '../../engine/trace/live-event.js';

/** What the loss of a path means, in sentences; none where there is nothing to say. */
export function lossRemarks({ hops, pathLoss, reached }: Pick<LiveResult, 'hops' | 'pathLoss' | 'reached'>): string[] {
  return [
    ...pathLoss.map((loss, index) => pathLossText(loss, index === 0)),
    ...hops.flatMap(hop => (hop.reading === 'unwilling' ? [unwillingText(hop)] : [])),
    ...(reached || hops.length === 0 ? [] : [`Nothing answers beyond hop ${hops.at(-1)?.ttl}.`]),
  ];
}

function pathLossText({ ttl, address, loss }: PathLoss, first: boolean): string {
  const at = address === null ? `hop ${ttl}` : `hop ${ttl} (${address})`;
  return first
    ? `The path loses ${share(loss)} of the packets from ${at} on.`
    : `From ${at} on it loses ${share(loss)} in all.`;
}

function unwillingText({ ttl, addresses, loss }: LiveHop): string {
  const at = addresses[0] === undefined ? `Hop ${ttl}` : `Hop ${ttl} (${addresses[0].address})`;
  return `${at} leaves ${share(loss)} of its probes unanswered, and passes packets on: that is no loss of the path.`;
}

function share(loss: number): string {
  return `${Number((100 * loss).toFixed(1))} %`;
}
