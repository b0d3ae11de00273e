import type { LiveHop, LiveResult, PathLoss } from '../../engine/trace/live-event.js';

/** What the loss of a path means, in sentences; none where there is nothing to say. */
export function lossRemarks(result: Pick<LiveResult, 'hops' | 'pathLoss' | 'reached' | 'code'>): string[] {
  const { hops, pathLoss, reached, code } = result;
  if (code !== undefined) return [`This host refuses to send: ${code}.`];
  return [
    ...pathLoss.map((loss, index) => pathLossText(loss, index === 0)),
    ...hops.flatMap(hop => (hop.reading === 'unwilling' ? [unwillingText(hop)] : [])),
    ...refusedText(hops),
    ...(reached ? [] : endText(hops.at(-1))),
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

function refusedText(hops: readonly LiveHop[]): string[] {
  const count = hops.reduce((sum, { refused = 0 }) => sum + refused, 0);
  if (count === 0) return [];
  return [`This host refused to send ${count === 1 ? '1 probe' : `${count} probes`}: neither sent nor lost.`];
}

/** How the path ends short of the target: somebody says that packets go no farther, or nobody says anything. */
function endText(last: LiveHop | undefined): string[] {
  if (last === undefined) return [];
  const { ttl, addresses, error } = last;
  if (error === undefined) return [`Nothing answers beyond hop ${ttl}.`];
  return [`Hop ${ttl} (${addresses[0]?.address}) turns packets to the target away: ${error}.`];
}

function share(loss: number): string {
  return `${Number((100 * loss).toFixed(1))} %`;
}
