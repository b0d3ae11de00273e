import type { IpAddress } from '../../wire/ip-address.js';
import type { Monotonic, Nanoseconds, Realtime } from '../../wire/time.js';
import type { Answer } from './answer.js';
import type { TraceProtocol } from './trace-event.js';

/** What a strategy wants sent. */
export interface ProbeRequest {
  hopLimit: number;
  protocol: TraceProtocol;
  /** Number of the flow, from 1: decides the destination port (UDP), source port (TCP) or checksum (ICMP). */
  flow: number;
  /** Destination port of flow 1 (UDP) or of all flows (TCP); 0 for ICMP. */
  port: number;
  /** Bytes of the whole packet, IP header included. */
  packetLength: number;
  /** The strategy's own name for what the probe is for. */
  purpose: number;
}

/**
 * sent: an answer is awaited. expired: given up, though it may still come. answered, failed: over.
 */
export type ProbeState = 'queued' | 'sent' | 'answered' | 'expired' | 'failed';

/** Where a probe goes, and from where. */
export interface ProbePath {
  readonly source: IpAddress;
  readonly destination: IpAddress;
}

/** One probe, from its writing to its fate. */
export interface Probe extends ProbeRequest {
  /** 1 to 65,534: stands where every quote has it, and is unique among the probes that the table still knows. */
  token: number;
  /** Which trace of the engine it belongs to. */
  trace: number;
  /** Its addresses. */
  path: ProbePath;
  lane: number;
  /** Ports as they stand in the packet (UDP, TCP); the identifier in both for ICMP. */
  sourcePort: number;
  destinationPort: number;
  /** The two bytes that bring the checksum to what it has to be. */
  balance: number;
  state: ProbeState;
  /** When user space saw it sent, and the kernel's stamp: NaN until known. */
  sentAt: Monotonic;
  sendStamp: Realtime;
  sendEpoch: number;
  /** Sends that failed with an error that was about an earlier probe. */
  sendFailures: number;
  answer?: Answer;
}

/** When it will be given up, if its answer is waited for so long. */
export function deadlineOf(probe: Probe, wait: Nanoseconds): Monotonic {
  return (probe.sentAt + wait) as Monotonic;
}
