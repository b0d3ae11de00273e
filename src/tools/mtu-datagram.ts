import type { MtuResult } from '../engine/mtu/mtu-event.js';
import { LEAST_MTU, MOST_MTU } from '../engine/mtu/mtu-options.js';
import type { MtuProbe } from '../engine/mtu/mtu-probe.js';
import { describeFindings } from '../engine/mtu/mtu-result.js';
import type { MtuFindings } from '../engine/mtu/mtu-search.js';
import { SearchState } from '../engine/mtu/search-state.js';
import { requireInteger, requireNumber } from '../io/argument-error.js';
import { native } from '../io/native.js';
import type { Family } from '../wire/ip-address.js';
import { NANOSECONDS_PER_MILLISECOND } from '../wire/time.js';
import { SearchDriver } from './search-driver.js';

/** A datagram that the search wants sent: padded to its size, with the don't-fragment bit, and acknowledged by the peer. */
export interface DatagramProbe {
  /** To acknowledge it by: the peer has to send it back. */
  id: number;
  /** Bytes of the whole packet, IP header included. */
  size: number;
  /** Bytes of UDP payload that make such a packet. */
  payload: number;
}

export interface DatagramMtuOptions {
  /** 4 or 6: decides how large the headers are. Default: 4. */
  family?: Family;
  /** Largest packet to try, 68 (IPv6: 1280) to 65,535. Default: 1500. */
  max?: number;
  /** Smallest packet to try. Default: 68, IPv6: 1280. */
  min?: number;
  /** The longest that an acknowledgment is waited for, 1 to 86,400,000 ms; less once round trips are known. Default: 1000. */
  timeout?: number;
  /** Packets at most, 10 to 100,000. Default: 1000. */
  budget?: number;
  /** Sends a probe. What it throws ends the search. */
  send: (probe: DatagramProbe) => void;
}

export interface DatagramMtuResult
  extends Pick<
    MtuResult,
    'pathMtu' | 'lowerBound' | 'upperBound' | 'method' | 'blackHole' | 'anomalies' | 'probes' | 'elapsed'
  > {
  /** The largest UDP payload that gets there; null where it was not found. */
  payload: number | null;
}

const DAY = 86_400_000;
const HEADERS: Readonly<Record<Family, number>> = { 4: 28, 6: 48 };
const CARRIER = 'datagram';

/**
 * Datagram packetization-layer path MTU discovery (RFC 8899) over a program's own protocol: the search that
 * `discoverPathMtu` makes, but the program sends the probes and says which of them its peer has got. Reports of routers may
 * be passed on, and are believed only once probes confirm them.
 */
export class DatagramMtuSearch {
  private readonly state: SearchState;
  private readonly driver: SearchDriver;
  private readonly probes: MtuProbe[] = [];
  private readonly family: Family;
  private begun = false;

  /** @throws ArgumentError by name. Nothing is sent before `run`. */
  constructor(private readonly options: DatagramMtuOptions) {
    const { family = 4, timeout = 1000 } = options;
    const lowest = LEAST_MTU[family];
    const most = requireInteger('max', options.max ?? 1500, lowest, MOST_MTU, 'bytes');
    this.family = family;
    this.state = new SearchState({
      family,
      carriers: [{ name: CARRIER, protocol: CARRIER, smallest: HEADERS[family] + 8, echoes: false }],
      least: requireInteger('min', options.min ?? lowest, lowest, most, 'bytes'),
      most,
      mostIsLocal: false,
      wait: requireNumber('timeout', timeout, 1, DAY, 'ms') * NANOSECONDS_PER_MILLISECOND,
      locates: false,
      budget: requireInteger('budget', options.budget ?? 1000, 10, 100_000, 'packets'),
    });
    this.driver = new SearchDriver(this.state, {
      send: probe => this.send(probe),
      // Nobody has to look at single events here.
      onStep: () => {
        this.state.events.length = 0;
      },
    });
  }

  /** Searches until the path MTU is known, or cannot be. May be called once. */
  async run(): Promise<DatagramMtuResult> {
    if (this.begun) throw new Error('this search has begun already');
    this.begun = true;
    return this.describe(await this.driver.run());
  }

  /** The peer has got the probe. An id that is not known, or was acknowledged before, is ignored. */
  acknowledge(id: number): void {
    const probe = this.probes[id];
    if (probe === undefined || Number.isNaN(probe.sentAt)) return;
    const rtt = native().monotonicNow() - probe.sentAt;
    this.driver.handle(probe, { kind: 'fits', from: 'peer', rtt, replyHopLimit: -1 });
  }

  /**
   * Somebody says that a probe was too big: `mtu` and `from` of an 'icmp-error' event. The quote in it tells which probe.
   * @param mtu what was reported; 0 for none.
   */
  reportTooBig(id: number, mtu: number, from: string): void {
    const probe = this.probes[id];
    if (probe === undefined || Number.isNaN(probe.sentAt)) return;
    const rtt = native().monotonicNow() - probe.sentAt;
    this.driver.handle(probe, { kind: 'too-big', from, mtu, rtt, replyHopLimit: -1, quotedHopLimit: -1 });
  }

  /** Ends the search; `run` gives what is known. */
  stop(): void {
    this.driver.stop();
  }

  private send(probe: MtuProbe): void {
    const id = this.probes.push(probe) - 1;
    this.options.send({ id, size: probe.size, payload: probe.size - HEADERS[this.family] });
  }

  private describe(findings: MtuFindings): DatagramMtuResult {
    const { elapsed } = this.driver;
    const where = { target: '', address: '', source: null };
    const result = describeFindings(this.state, findings, where, elapsed);
    const { pathMtu, lowerBound, upperBound, method, blackHole, anomalies, probes } = result;
    const payload = pathMtu === null ? null : pathMtu - HEADERS[this.family];
    return { pathMtu, payload, lowerBound, upperBound, method, blackHole, anomalies, probes, elapsed };
  }
}
