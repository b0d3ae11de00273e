import type { Nanoseconds } from '../../wire/time.js';
import type { TraceProtocol } from './trace-event.js';

/** How a plain trace asks. The tool that makes it has checked every range. */
export interface PathOptions {
  /** auto: UDP, and the others where the target stays silent. */
  protocol: TraceProtocol | 'auto';
  /** Hop limit of the first and the last probes, 1 to 255. */
  firstTtl: number;
  maxTtl: number;
  /** Probes a hop, 1 to 10. */
  probes: number;
  /** Destination port of flow 1 (UDP) and of TCP. */
  ports: { udp: number; tcp: number };
  /** Bytes of a whole packet. */
  packetLength: number;
  /** An answer is never waited for longer. */
  maxWait: Nanoseconds;
  /** Probes of one trace that may be waited for at a time. */
  inFlight: number;
  /** Every probe is a flow of its own: ports that rise, as the first traceroute had them. */
  classic: boolean;
  /** Find where the MTU falls: packets as large as the first link takes, never in fragments. */
  mtu: boolean;
}

export const PATH_DEFAULTS: PathOptions = {
  protocol: 'auto',
  firstTtl: 1,
  maxTtl: 30,
  probes: 3,
  ports: { udp: 33_434, tcp: 80 },
  packetLength: 60,
  maxWait: 3e9,
  inFlight: 255,
  classic: false,
  mtu: false,
};
