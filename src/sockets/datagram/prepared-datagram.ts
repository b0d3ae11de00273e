import type { MessageBatch } from '../../io/message-batch.js';
import type { Family } from '../../wire/ip-address.js';
import { encodeOutgoingControl, type OutgoingControl } from '../../wire/outgoing-control.js';
import { CONTROL_BYTES } from './batch-memory.js';
import { DatagramStateError } from './datagram-state-error.js';
import type { Destinations } from './destinations.js';
import {
  hasSendOptions,
  type OutgoingDatagram,
  outgoingControl,
  requirePayload,
  requireSegmentSize,
  type SendOptions,
  type StampRequest,
} from './outgoing-datagram.js';

/** A datagram whose every part was checked and put into the kernel's form. */
export interface PreparedDatagram {
  payload: Uint8Array;
  /** Socket address; undefined: where the socket is connected to. */
  name: Uint8Array | undefined;
  control: Uint8Array | undefined;
  /** IPv4 has no control message for it: the socket's option is set around the call. */
  dontFragment: boolean | undefined;
  /** What `control` was made of. */
  outgoing: OutgoingControl | undefined;
  /** The kernel cuts the payload into datagrams of so many bytes. */
  segmentSize: number | undefined;
  onTransmitted: SendOptions['onTransmitted'];
}

/** What preparing a datagram needs to know of its socket. */
export interface PreparationContext {
  destinations: Destinations;
  /** IP version of packets to where the socket is connected to; undefined where it is not connected. */
  connectedFamily(): Family | undefined;
  /** Turns the kernel's stamps on before the first stamped datagram. @returns what to ask for. */
  requestStamp(): StampRequest;
}

/**
 * Checks and encodes one datagram. No system call for a socket is made.
 * @throws ArgumentError or FieldValueError naming what is wrong.
 */
export function prepareDatagram(message: OutgoingDatagram, context: PreparationContext): PreparedDatagram {
  const destination = message.destination === undefined ? undefined : context.destinations.encode(message.destination);
  const family = destination?.family ?? context.connectedFamily();
  if (family === undefined)
    throw new DatagramStateError('NOT_CONNECTED', 'the socket is not connected: say where to send to');
  const payload = requirePayload(message.payload, family);
  const prepared: PreparedDatagram = {
    payload,
    name: destination?.bytes,
    control: undefined,
    outgoing: undefined,
    dontFragment: undefined,
    segmentSize: undefined,
    onTransmitted: undefined,
  };
  if (hasSendOptions(message)) addOptions(prepared, message, family, context);
  return prepared;
}

function addOptions(
  prepared: PreparedDatagram,
  options: SendOptions,
  family: Family,
  context: PreparationContext,
): void {
  const stamp = options.onTransmitted === undefined ? undefined : context.requestStamp();
  const segmentSize = requireSegmentSize(options.segmentSize, prepared.payload.length);
  prepared.segmentSize = segmentSize;
  prepared.outgoing = { ...outgoingControl(options, family, stamp), segmentSize };
  prepared.control = encodeOutgoingControl(prepared.outgoing);
  prepared.dontFragment = family === 4 ? options.dontFragment : undefined;
  prepared.onTransmitted = options.onTransmitted;
}

/** Whether it goes into a slot of a batch: control data with long extension headers does not. */
export function fitsSlot({ control }: PreparedDatagram): boolean {
  return control === undefined || control.length <= CONTROL_BYTES;
}

/** Writes a datagram into a slot of a batch. */
export function writeSlot(memory: MessageBatch, slot: number, { payload, name, control }: PreparedDatagram): void {
  memory.payload.set(payload, slot * memory.payloadStride);
  memory.lengths[slot] = payload.length;
  if (name !== undefined) memory.names.set(name, slot * memory.nameStride);
  memory.nameLengths[slot] = name === undefined ? 0 : name.length;
  if (control !== undefined) memory.control.set(control, slot * memory.controlStride);
  memory.controlLengths[slot] = control === undefined ? 0 : control.length;
}

/** The datagrams that a payload with a segment size is, each to be sent by itself. */
export function cutDatagram(prepared: PreparedDatagram): PreparedDatagram[] {
  const { payload, outgoing, segmentSize = payload.length } = prepared;
  const control = outgoing && encodeOutgoingControl({ ...outgoing, segmentSize: undefined });
  const parts: PreparedDatagram[] = [];
  for (let at = 0; at < payload.length; at += segmentSize) {
    const part = payload.subarray(at, at + segmentSize);
    parts.push({ ...prepared, payload: part, control, segmentSize: undefined });
  }
  return parts;
}
