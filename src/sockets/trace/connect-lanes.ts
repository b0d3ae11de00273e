import type { Arrival } from '../../engine/arrival.js';
import type { PacketSlot } from '../../engine/packet-slot.js';
import { SystemCallError } from '../../io/errors.js';
import { MessageBatch } from '../../io/message-batch.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { Family } from '../../wire/ip-address.js';
import { TCP_FLAG, TCP_MINIMUM_HEADER, TcpHeaderAt, writeTcpHeader } from '../../wire/tcp-header.js';
import type { Monotonic, Realtime } from '../../wire/time.js';
import { ArrivalReader } from '../channel/arrival-reader.js';
import type { Lane } from '../channel/lane.js';
import { ConnectionAttempt } from './connection-attempt.js';
import type { TraceSocketOptions } from './trace-socket-options.js';

/** More are not kept open: those that nobody has answered are closed, the oldest first. */
const MOST_ATTEMPTS = 256;
const QUOTE_BYTES = 576;
/** What every quote of a segment begins with: ports and sequence number. */
const IDENTITY_BYTES = 8;

/**
 * TCP probes without privilege: each is a connection opened with the hop limit of the probe, and what becomes of it is
 * told as if a raw socket had seen it. Errors come from the connection's error queue; their quotes get the sequence number
 * that the engine wrote, because the kernel has chosen its own. An accepted connection is a SYN-ACK, a refused one a RST.
 */
export class ConnectLanes {
  private readonly attempts = new Set<ConnectionAttempt>();
  private readonly batch = new MessageBatch({ slots: 1, payloadBytes: QUOTE_BYTES });
  private readonly reader = new ArrivalReader();
  private readonly reply = new Uint8Array(TCP_MINIMUM_HEADER);
  private readonly replyView = new DataView(this.reply.buffer);

  /** @param onReady called when there is something to receive. */
  constructor(
    private readonly options: Readonly<Partial<Record<Family, TraceSocketOptions>>>,
    private readonly onReady: () => void,
  ) {}

  /**
   * Sends what the slot says.
   * @param begunAt when the transmission began of which this is a part: the engine takes that for the time of sending.
   * @returns an errno, or 0
   */
  send(slot: PacketSlot, begunAt: Monotonic): number {
    const options = this.options[slot.family];
    if (options === undefined) return LINUX.EAFNOSUPPORT;
    this.makeRoom(slot);
    try {
      const attempt = ConnectionAttempt.open(slot, options, this.onReady);
      attempt.setUpTime = attempt.sentAt - begunAt;
      this.attempts.add(attempt);
      return 0;
    } catch (error) {
      if (error instanceof SystemCallError) return -error.errno;
      throw error;
    }
  }

  /** Hands on what has become of connections. */
  receive(handle: (arrival: Arrival) => void, clockEpoch: number): number {
    let count = 0;
    for (const attempt of this.attempts) {
      if (Number.isNaN(attempt.readyAt)) continue;
      this.conclude(attempt, handle, clockEpoch);
      this.drop(attempt);
      count++;
    }
    return count;
  }

  close(): void {
    for (const attempt of this.attempts) this.drop(attempt);
  }

  /** A probe that the engine sends over the same connection has taken the place of the one before. */
  private makeRoom(slot: PacketSlot): void {
    for (const attempt of this.attempts) {
      const full = this.attempts.size >= MOST_ATTEMPTS;
      if (full || attempt.isOfConnection(slot)) this.drop(attempt);
    }
  }

  private drop(attempt: ConnectionAttempt): void {
    attempt.close();
    this.attempts.delete(attempt);
  }

  private conclude(attempt: ConnectionAttempt, handle: (arrival: Arrival) => void, clockEpoch: number): void {
    if (this.concludeByError(attempt, handle, clockEpoch)) return;
    const error = attempt.takeError();
    if (error !== 0 && error !== LINUX.ECONNREFUSED) return;
    const { arrival } = this.reader;
    this.reader.begin(this.batch, attempt.lane, takenAt(attempt), clockEpoch);
    const flags = error === 0 ? TCP_FLAG.syn | TCP_FLAG.ack : TCP_FLAG.rst | TCP_FLAG.ack;
    this.writeReply(attempt, flags);
    Object.assign(arrival, {
      kind: 'message',
      family: attempt.destination.family,
      bytes: this.reply,
      view: this.replyView,
    });
    Object.assign(arrival, { start: 0, end: this.reply.length, truncated: false, hopLimit: -1, trafficClass: -1 });
    arrival.port = attempt.destinationPort;
    arrival.stamp = Number.NaN as Realtime;
    attempt.destination.writeWords(arrival.address);
    handle(arrival);
  }

  private writeReply({ segment, sourcePort, destinationPort }: ConnectionAttempt, flags: number): void {
    writeTcpHeader(this.reply, 0, {
      sourcePort: destinationPort,
      destinationPort: sourcePort,
      sequence: 0,
      acknowledgment: (TcpHeaderAt.sequence(segment, 0) + 1) >>> 0,
      flags,
      window: 0,
      options: [],
    });
  }

  private concludeByError(attempt: ConnectionAttempt, handle: (arrival: Arrival) => void, clockEpoch: number): boolean {
    const { batch, reader } = this;
    if (batch.receive(attempt.descriptor, LINUX.MSG_ERRQUEUE) < 1) return false;
    const { family } = attempt.destination;
    const lane: Lane = {
      descriptor: attempt.descriptor,
      family,
      delivers: 'message',
      errorQueue: 'errors',
      numbered: false,
      atomic: false,
    };
    reader.begin(batch, attempt.lane, takenAt(attempt), clockEpoch);
    const arrival = reader.readErrorQueue(batch, 0, lane);
    if (arrival === undefined) return false;
    const { segment } = attempt;
    arrival.bytes.set(segment.subarray(0, IDENTITY_BYTES), arrival.start);
    arrival.end = Math.max(arrival.end, arrival.start + IDENTITY_BYTES);
    attempt.destination.writeWords(arrival.address);
    arrival.port = attempt.destinationPort;
    handle(arrival);
    return true;
  }
}

/** What it took to make the socket is no part of the round trip. */
function takenAt({ readyAt, setUpTime }: ConnectionAttempt): Monotonic {
  return (readyAt - setUpTime) as Monotonic;
}
