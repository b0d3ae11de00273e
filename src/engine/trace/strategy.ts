import type { IpAddress } from '../../wire/ip-address.js';
import type { Monotonic } from '../../wire/time.js';
import type { Answer } from './answer.js';
import type { Probe, ProbeRequest } from './probe.js';
import type { TraceProtocol } from './trace-event.js';

/** Whom to trace. */
export interface TraceTarget {
  /** What the user wrote. */
  label: string;
  address: IpAddress;
  /** The address that probes leave from: checksums cover it. */
  source: IpAddress;
  /** Interface index of a link-local address, else 0. */
  scopeId: number;
  /** MTU of the first link, for `--mtu`. */
  mtu: number;
}

/** What a strategy may ask of the engine that it runs in. */
export interface TraceServices {
  /** Gives a probe up. Its answer, should one come, is late. */
  expire(probe: Probe): void;
  /** Protocols that there are sockets for. */
  readonly protocols: ReadonlySet<TraceProtocol>;
}

/** What has come in for one trace and was not an answer. */
export interface TraceCounters {
  sent: number;
  late: number;
  duplicates: number;
  foreign: number;
}

/**
 * Decides what to send for one target and what the answers mean: the plain trace, multipath discovery, the live view. The
 * engine around it writes the packets, matches the answers and keeps the pace.
 */
export interface TraceStrategy<Event> {
  /**
   * The next probe that is due; undefined when none is until something happens or `nextTimeout` is reached. Asking changes
   * nothing: only `handleQueued` tells that the probe was taken.
   */
  next(now: Monotonic): ProbeRequest | undefined;
  /** The engine has written a probe for the request that `next` gave last. */
  handleQueued(probe: Probe): void;
  handleSent(now: Monotonic, probe: Probe): void;
  /** This host refused to send it. */
  handleFailure(now: Monotonic, probe: Probe, errno: number): void;
  /** @param late the probe was given up before. */
  handleAnswer(now: Monotonic, probe: Probe, answer: Answer, late: boolean): void;
  /** An answer to a probe that had one before; of most strategies only the first counts. */
  handleFurtherAnswer?(now: Monotonic, probe: Probe, answer: Answer): void;
  /** An answer came whose quote is too short to say to which probe; `oldest` is the first of those it may be to. */
  handleAmbiguous?(now: Monotonic, oldest: Probe): void;
  handleTimeout(now: Monotonic): void;
  nextTimeout(): Monotonic | undefined;
  pollEvent(): Event | undefined;
  /** The highest hop limit that a router has answered for; 0 before the first. */
  readonly highestRouter: number;
  /** All is known, and all events were taken. */
  readonly finished: boolean;
  /** Ends with what is known. */
  stop(now: Monotonic): void;
}

export type StrategyFactory<Event> = (
  target: TraceTarget,
  services: TraceServices,
  counters: TraceCounters,
  now: Monotonic,
) => TraceStrategy<Event>;
