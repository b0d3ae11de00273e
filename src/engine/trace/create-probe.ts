import type { Monotonic, Realtime } from '../../wire/time.js';
import type { Probe, ProbeRequest } from './probe.js';
import type { TraceContext } from './trace-context.js';
import { destinationPort, sourcePort, type TransmitLane } from './trace-lanes.js';

/** A probe for a request, not yet known to the table and not yet sent. */
export function createProbe(
  request: ProbeRequest,
  { index, target }: Pick<TraceContext<unknown>, 'index' | 'target'>,
  lane: TransmitLane,
): Probe {
  const { protocol, port, flow } = request;
  return {
    ...request,
    token: 0,
    trace: index,
    path: { source: target.source, destination: target.address },
    lane: lane.lane,
    sourcePort: sourcePort(protocol, lane.local, flow),
    destinationPort: protocol === 'icmp' ? lane.local : destinationPort(protocol, port, flow),
    balance: 0,
    state: 'queued',
    sentAt: Number.NaN as Monotonic,
    sendStamp: Number.NaN as Realtime,
    sendEpoch: 0,
    sendFailures: 0,
  };
}
