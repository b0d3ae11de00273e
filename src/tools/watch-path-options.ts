import type { TraceProtocol } from '../engine/trace/trace-event.js';
import type { TracerouteOptions, TraceStart } from './trace-options.js';

/** How `watchPath` asks: what it shares with `traceroute` means the same. */
export interface WatchPathOptions
  extends Pick<
    TracerouteOptions,
    | 'as'
    | 'family'
    | 'firstTtl'
    | 'interface'
    | 'mark'
    | 'maxTtl'
    | 'packetLength'
    | 'port'
    | 'signal'
    | 'sockets'
    | 'source'
    | 'sourcePort'
    | 'trafficClass'
  > {
  /** What probes are made of. auto: ICMP echo, which hosts answer without a limit; UDP where it is not allowed. Default: 'auto'. */
  protocol?: 'auto' | TraceProtocol;
  /** Between the beginnings of two rounds, 10 to 3,600,000 ms; each round sends one probe a hop. Default: 1000. */
  interval?: number;
  /** Rounds, 1 to 2^32 - 1. Default: without end. */
  rounds?: number;
  /** The longest that an answer is waited for, 1 to 86,400,000 ms. Default: 5000. */
  timeout?: number;
  /** Look the names of addresses up; a hop has its name as soon as that is known. Default: true. */
  names?: boolean;
  /** Called before the first probe. */
  onStart?: (start: TraceStart) => void;
}
