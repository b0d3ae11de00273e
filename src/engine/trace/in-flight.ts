import type { IpAddress } from '../../wire/ip-address.js';
import type { Probe } from './probe.js';
import type { ProbeTable } from './probe-table.js';
import { type ProbeWriter, synDataLength } from './probe-writer.js';
import type { TraceContext } from './trace-context.js';
import type { TraceProtocol } from './trace-event.js';

/** The probes on their way, by what an answer may name them with. */
export class InFlight {
  /** Several traces may go to one address. */
  private readonly byAddress = new Map<string, TraceContext<unknown>[]>();
  private readonly byIndex = new Map<number, TraceContext<unknown>>();

  constructor(
    private readonly table: ProbeTable,
    private readonly writer: ProbeWriter,
  ) {}

  add(context: TraceContext<unknown>): void {
    const key = keyOf(context.target.address);
    this.byIndex.set(context.index, context);
    this.byAddress.set(key, [...(this.byAddress.get(key) ?? []), context]);
  }

  remove(context: TraceContext<unknown>): void {
    const key = keyOf(context.target.address);
    const others = this.byAddress.get(key)?.filter(other => other !== context) ?? [];
    this.byIndex.delete(context.index);
    if (others.length === 0) this.byAddress.delete(key);
    else this.byAddress.set(key, others);
  }

  contextOf(probe: Probe): TraceContext<unknown> | undefined {
    return this.byIndex.get(probe.trace);
  }

  byToken(token: number, protocol: TraceProtocol): Probe | undefined {
    const probe = this.table.find(token);
    return probe?.protocol === protocol ? probe : undefined;
  }

  /** The probe of which a TCP segment acknowledges the SYN. */
  bySequence(sequence: number): Probe | undefined {
    const probe = this.byToken(sequence & 0xffff, 'tcp');
    return probe !== undefined && this.writer.sequence(probe.token) === sequence ? probe : undefined;
  }

  /** The probe to this port whose segment, with the data that makes it long, ends before this sequence number: RFC 9293 section 3.10.7.1. */
  bySegmentEnd(from: IpAddress, port: number, end: number): Probe | undefined {
    for (const { waiting } of this.byAddress.get(keyOf(from)) ?? []) {
      for (const probe of waiting) {
        if (probe.protocol !== 'tcp' || probe.destinationPort !== port) continue;
        const length = synDataLength(probe.path.destination.family, probe.packetLength);
        if (length > 0 && (this.writer.sequence(probe.token) + 1 + length) >>> 0 === end) return probe;
      }
    }
    return undefined;
  }

  /** Whether this is the address that the probe was sent to. */
  isTarget(probe: Probe, address: IpAddress): boolean {
    return probe.path.destination.value === address.value;
  }

  /** UDP probes to this address and port that an answer is awaited for. */
  sentTo(address: IpAddress, port: number): Probe[] {
    const found: Probe[] = [];
    for (const { waiting } of this.byAddress.get(keyOf(address)) ?? []) {
      for (const probe of waiting) {
        if (probe.protocol === 'udp' && probe.destinationPort === port) found.push(probe);
      }
    }
    return found;
  }

  /**
   * The probe that a service took for a request. Many protocols answer with the two bytes that the request begins with
   * (DNS, RFC 1035 section 4.1.1); where this one does not, the answer is to the probe that came there first: of those
   * that no router has claimed, the one that was sent first with the least hop limit.
   */
  answeredByDatagram(from: IpAddress, port: number, firstWord: number): Probe | undefined {
    const candidates = this.sentTo(from, port);
    const exact = candidates.find(probe => probe.balance === firstWord);
    if (exact !== undefined) return exact;
    const waiting = candidates.filter(probe => probe.hopLimit > this.highestRouter(probe));
    return waiting.sort((one, other) => one.hopLimit - other.hopLimit || one.sentAt - other.sentAt)[0];
  }

  private highestRouter(probe: Probe): number {
    return this.contextOf(probe)?.strategy.highestRouter ?? 0;
  }
}

/** Zones tell interfaces of this host apart, not addresses of the peer. */
function keyOf(address: IpAddress): string {
  return String(address.value);
}
