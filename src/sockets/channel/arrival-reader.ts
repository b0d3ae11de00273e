import { type Arrival, createArrival, NO_NUMBER } from '../../engine/arrival.js';
import type { MessageBatch } from '../../io/message-batch.js';
import { LINUX } from '../../wire/constants.generated.js';
import { controlMessageSpace } from '../../wire/control-message.js';
import { Ipv4HeaderAt } from '../../wire/ipv4-header.js';
import { readAddressWords, readIpFamily, readPort, readScopeId } from '../../wire/socket-address-ip.js';
import type { Monotonic, Realtime } from '../../wire/time.js';
import { ControlReader } from './control-reader.js';
import type { Lane } from './lane.js';
import { findIpHeader, ipHeaderLength } from './sent-packet.js';

/** Control messages of this length beside a stamp are the stamp: struct scm_timestamping has three of struct timespec. */
const STAMP_ONLY = controlMessageSpace(LINUX.sizeof_scm_timestamping);

/** Turns the slots of a received batch into arrivals, one object for all of them. */
export class ArrivalReader {
  readonly arrival: Arrival = createArrival();
  private readonly control = new ControlReader(this.arrival);

  /** Drops told by the slot read last (SO_RXQ_OVFL), or -1. */
  get drops(): number {
    return this.control.drops;
  }

  /** What holds for all arrivals of one turn. */
  begin(batch: MessageBatch, lane: number, taken: Monotonic, clockEpoch: number): void {
    const { arrival } = this;
    arrival.bytes = batch.payload;
    arrival.view = batch.payloadView;
    arrival.lane = lane;
    arrival.taken = taken;
    arrival.clockEpoch = clockEpoch;
  }

  /** @returns the arrival, or undefined for a message that is too short for its own headers. */
  readMessage(batch: MessageBatch, slot: number, lane: Lane): Arrival | undefined {
    this.readSlot(batch, slot, lane);
    this.arrival.kind = 'message';
    if (lane.delivers === 'ip-header' && !this.stripIpv4Header()) return undefined;
    return this.arrival;
  }

  /** @returns the stamp or the error, or undefined for an entry that is neither. */
  readErrorQueue(batch: MessageBatch, slot: number, lane: Lane): Arrival | undefined {
    if (batch.origins[slot] === LINUX.SO_EE_ORIGIN_TIMESTAMPING) return this.readStamp(batch, slot, lane);
    // Errors that stand among the stamps come as messages too.
    return lane.errorQueue === 'errors' ? this.readError(batch, slot, lane) : undefined;
  }

  private readStamp(batch: MessageBatch, slot: number, lane: Lane): Arrival | undefined {
    this.readPayload(batch, slot, lane);
    this.arrival.kind = 'stamp';
    this.arrival.number = lane.numbered ? (batch.errorData[slot] ?? NO_NUMBER) : NO_NUMBER;
    return lane.numbered || this.stripSentHeaders() ? this.arrival : undefined;
  }

  private readError(batch: MessageBatch, slot: number, lane: Lane): Arrival | undefined {
    const { arrival } = this;
    this.readSlot(batch, slot, lane);
    if (!this.control.hasError) return undefined;
    arrival.kind = 'error';
    arrival.number = NO_NUMBER;
    if (arrival.extensionsStart >= 0) arrival.extensionsStart += arrival.start;
    return arrival;
  }

  private readSlot(batch: MessageBatch, slot: number, lane: Lane): void {
    this.readPayload(batch, slot, lane);
    this.readName(batch, slot);
    this.control.clear();
    const length = batch.controlLengths[slot] ?? 0;
    const onlyStamp = length === STAMP_ONLY && !Number.isNaN(this.arrival.stamp);
    if (length === 0 || onlyStamp) return;
    const control = slot * batch.controlStride;
    this.control.read(batch.control, control, control + length);
  }

  private readPayload(batch: MessageBatch, slot: number, lane: Lane): void {
    const { arrival } = this;
    const length = batch.lengths[slot] ?? 0;
    arrival.family = lane.family;
    arrival.start = slot * batch.payloadStride;
    arrival.end = arrival.start + Math.min(length, batch.payloadStride);
    arrival.truncated = ((batch.flags[slot] ?? 0) & LINUX.MSG_TRUNC) !== 0;
    arrival.optionsStart = arrival.start;
    arrival.optionsEnd = arrival.start;
    arrival.stamp = (batch.stamps[slot] ?? Number.NaN) as Realtime;
  }

  private readName(batch: MessageBatch, slot: number): void {
    const { arrival } = this;
    const at = slot * batch.nameStride;
    const family = batch.nameLengths[slot] ? readIpFamily(batch.names, at) : undefined;
    arrival.port = 0;
    arrival.scopeId = 0;
    if (family === undefined) {
      arrival.address.fill(0);
      return;
    }
    readAddressWords(batch.names, at, family, arrival.address, 0);
    arrival.port = readPort(batch.names, at, family);
    if (family === 6) arrival.scopeId = readScopeId(batch.names, at);
  }

  private stripIpv4Header(): boolean {
    const { arrival } = this;
    const { bytes, start } = arrival;
    const length = arrival.end > start ? Ipv4HeaderAt.headerLength(bytes, start) : 0;
    if (length < 20 || start + length > arrival.end) return false;
    arrival.hopLimit = Ipv4HeaderAt.hopLimit(bytes, start);
    arrival.trafficClass = Ipv4HeaderAt.trafficClass(bytes, start);
    arrival.optionsBytes = bytes;
    arrival.optionsStart = start + 20;
    arrival.optionsEnd = start + length;
    arrival.start = start + length;
    return true;
  }

  /** A stamped packet begins at its link header; its destination is in its IP header, not in the socket address. */
  private stripSentHeaders(): boolean {
    const { arrival } = this;
    const { bytes, end, family } = arrival;
    const header = findIpHeader(bytes, arrival.start, end, family, arrival.truncated);
    if (header < 0) return false;
    readDestination(header, arrival);
    arrival.start = Math.min(end, header + ipHeaderLength(bytes, header, end, family));
    return true;
  }
}

function readDestination(header: number, arrival: Arrival): void {
  const { address, family, view } = arrival;
  const at = header + (family === 4 ? 16 : 24);
  address[0] = family === 4 ? 0 : view.getUint32(at);
  address[1] = family === 4 ? 0 : view.getUint32(at + 4);
  address[2] = family === 4 ? 0xffff : view.getUint32(at + 8);
  address[3] = view.getUint32(family === 4 ? at : at + 12);
}
