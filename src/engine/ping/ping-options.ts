import type { IpAddress } from '../../wire/ip-address.js';
import type { Nanoseconds } from '../../wire/time.js';
import type { RandomSeed } from '../random.js';

/**
 * How a `PingEngine` asks. The tool that makes it has resolved names, converted milliseconds and checked every range,
 * so that a wrong value is refused by the name its user knows.
 */
export interface PingEngineOptions {
  /** Where targets come from, one at a time, as sending gets to them. */
  readonly targets: PingTargetSource;
  /** The sockets there are. A target without its lane fails. */
  readonly lanes: { readonly 4?: PingLane; readonly 6?: PingLane };
  /** Four random words that cookies grow from. The same seed gives the same packets. */
  readonly seed: RandomSeed;
  /** Bytes behind the ICMP header: 0 to 65,507 (IPv4), 65,527 (IPv6). Below 8 there is no cookie. Default: 56. */
  readonly payloadSize?: number;
  /** Fills the payload behind the cookie, again and again. Default: each byte holds its offset, as in iputils. */
  readonly pattern?: Uint8Array;
  /** Probes a target, 1 or more. Default: without end. */
  readonly count?: number;
  /** `count` is how many answers are waited for, not how many probes are sent: iputils' -c together with -w. */
  readonly countAnswers?: boolean;
  /** Between two probes to one target; 0: as fast as the window of probes in flight allows. Default: 1 s. */
  readonly interval?: Nanoseconds;
  /** The next probe to a target is due as soon as its reply is in (-A, and -f with an interval of 10 ms). */
  readonly adaptive?: boolean;
  /** The least interval between two probes when `adaptive`. Default: 0. */
  readonly minimumInterval?: Nanoseconds;
  /** A probe without an answer for so long is lost. Default: 1 s. */
  readonly timeout?: Nanoseconds;
  /**
   * Once a reply has come and the last probe is sent, waits only twice the longest round-trip time or one interval,
   * whichever is more, and never longer than `timeout`: iputils' end of a run. Default: false.
   */
  readonly linger?: boolean;
  /** Ends the run so long after its start; what is pending then is lost. Default: none. */
  readonly deadline?: Nanoseconds;
  /** Further probes, one after the other, to a target of which none of `count` was answered. Default: 0. */
  readonly retries?: number;
  /** Probes a second over all targets; 0 or Infinity: as fast as the window allows. Default: 0. */
  readonly rate?: number;
  /** Probes that may follow each other at once after a pause when a rate is set. Default: 10 ms worth of the rate. */
  readonly burst?: number;
  /** Probes that may be waited for at a time, as long as an answer is likely. Default: 8192. */
  readonly window?: number;
  /** Targets that are pinged at a time. Default: without bound where `count` has none, else 131,072. */
  readonly activeTargets?: number;
  /** What `pollEvent` gives. Default: 'all'. */
  readonly report?: PingReport;
  /** Datagrams that this host has dropped (`PacketChannel.drops`): the window narrows when they grow. */
  readonly drops?: () => number;
  /** The zone of an interface, for link-local addresses in events: its name. Default: its index in digits. */
  readonly zoneOf?: (interfaceIndex: number) => string;
}

/**
 * all: everything. summaries: those of every target, and the total. problems: errors, and the summaries of targets with
 * anything but clean replies, and the total. total: only that; no object is made a packet or a target.
 */
export type PingReport = 'all' | 'summaries' | 'problems' | 'total';

/** One socket. */
export interface PingLane {
  /** ICMP identifier, 0 to 65,535. The kernel puts a ping socket's bound port here, so that has to be told. */
  readonly identifier: number;
  readonly socket: 'raw' | 'ping';
  /** The channel's number for the socket. Default: 0 for IPv4, 1 for IPv6. */
  readonly lane?: number;
}

/** Whom to ping. The engine keeps the address and the label, not the object: a source may use one object again. */
export interface PingTarget {
  /** What the user wrote; default: the address as text. */
  readonly label?: string;
  readonly address: IpAddress;
  /** Interface index of a link-local address. Default: 0. */
  readonly scopeId?: number;
  /** A reply may come from any address: a subnet's broadcast address. Multicast and 255.255.255.255 are known. */
  readonly anySource?: boolean;
}

export interface PingTargetSource {
  /**
   * The next target; undefined: there are no more; 'wait': there is none yet. After 'wait' the owner of the engine steps
   * the driver when there is one.
   */
  next(): PingTarget | 'wait' | undefined;
}

/** `PingEngineOptions` with every default in place. */
export type PingSettings = Required<Omit<PingEngineOptions, 'pattern'>> & Pick<PingEngineOptions, 'pattern'>;

const SECOND = 1e9;
/** A second's worth of the fastest sending: silent targets hold their place for so long. */
const DEFAULT_ACTIVE_TARGETS = 131_072;
const BURST_SECONDS = 0.01;

export function pingSettings(options: PingEngineOptions): PingSettings {
  const count = options.count ?? Number.POSITIVE_INFINITY;
  const rate = options.rate ?? 0;
  return {
    targets: options.targets,
    lanes: options.lanes,
    seed: options.seed,
    pattern: options.pattern,
    payloadSize: options.payloadSize ?? 56,
    count,
    countAnswers: options.countAnswers ?? false,
    interval: options.interval ?? SECOND,
    adaptive: options.adaptive ?? false,
    minimumInterval: options.minimumInterval ?? 0,
    timeout: options.timeout ?? SECOND,
    linger: options.linger ?? false,
    deadline: options.deadline ?? Number.POSITIVE_INFINITY,
    retries: options.retries ?? 0,
    rate,
    burst: options.burst ?? Math.max(1, Math.floor(rate * BURST_SECONDS)),
    window: options.window ?? 8192,
    activeTargets:
      options.activeTargets ?? (count === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : DEFAULT_ACTIVE_TARGETS),
    report: options.report ?? 'all',
    drops: options.drops ?? (() => 0),
    zoneOf: options.zoneOf ?? String,
  };
}
