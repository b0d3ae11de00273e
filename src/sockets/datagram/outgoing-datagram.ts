import {
  ArgumentError,
  requireBoolean,
  requireFunction,
  requireInteger,
  requireObject,
} from '../../io/argument-error.js';
import type { Family, IpAddress } from '../../wire/ip-address.js';
import type { OutgoingControl, SendableExtensionHeader } from '../../wire/outgoing-control.js';
import type { Realtime } from '../../wire/time.js';
import { type Endpoint, type InterfaceChoice, packetFamily, requireAddress, requireInterface } from './endpoint.js';
import { requireExtensionHeaders } from './extension-headers-argument.js';
import { refuseStrangers } from './send-option-names.js';

/** The stamp that a datagram's control data asks for. */
export interface StampRequest {
  /** SOF_TIMESTAMPING_TX_ flags. */
  flags: number;
  /** What the stamp is to bear; undefined where the kernel takes no numbers. */
  number: number | undefined;
}

/** When a datagram left, as the kernel saw it. */
export interface TransmitStamp {
  /** `software`: handed to the device; `scheduled`: entered the queueing discipline. */
  kind: 'software' | 'scheduled' | 'hardware' | 'other';
  /** Nanoseconds since the origin of this process's clocks: subtract from `Datagram.stamp`. */
  stamp: Realtime;
}

/** What one datagram has that the socket's options do not say. Everything is optional. */
export interface SendOptions {
  /** Source address: one of this machine. */
  source?: string | IpAddress;
  /** Interface to leave by: name, index, or one of its addresses. */
  interface?: InterfaceChoice;
  /** TTL or hop limit, 1 to 255 (IPv6: 0 to 255). */
  hopLimit?: number;
  /** TOS or traffic class, 0 to 255, the ECN bits included. */
  trafficClass?: number;
  /** Neither this machine nor a router may fragment it: EMSGSIZE where it is too long for the path. */
  dontFragment?: boolean;
  /**
   * The payload is cut into datagrams of so many bytes, the last one shorter: 1 to 65507, at most 64 datagrams. The kernel
   * cuts it (UDP_SEGMENT of udp(7)); where it cannot, this library does.
   */
  segmentSize?: number;
  /** IPv6 extension headers in the order of the packet. Options headers need CAP_NET_RAW. */
  extensionHeaders?: readonly SendableExtensionHeader[];
  /** Called once with the kernel's stamp of this datagram's sending; not at all where the device gives none. */
  onTransmitted?: (stamp: TransmitStamp) => void;
}

/** One datagram for `sendBatch`. */
export interface OutgoingDatagram extends SendOptions {
  payload: Uint8Array | string;
  /** Where to. Default: where the socket is connected to. */
  destination?: Endpoint;
}

/** RFC 768 and RFC 791: 65,535 less 20 bytes of IPv4 and 8 of UDP; RFC 8200 does not count its header. */
export const LONGEST_PAYLOAD: Readonly<Record<Family, number>> = { 4: 65_507, 6: 65_527 };

/** UDP_MAX_SEGMENTS of linux/udp.h until Linux 6.8; later kernels take 128. */
export const MOST_SEGMENTS = 64;

/** One datagram of the arguments of `send`. */
export function outgoingDatagram(
  payload: Uint8Array | string,
  destination: Endpoint | undefined,
  options: SendOptions,
): OutgoingDatagram {
  refuseStrangers(requireObject('options', options));
  const message = { ...options, payload };
  return destination === undefined ? message : { ...message, destination };
}

/** The payload's bytes, or a refusal: nothing but bytes and text is sent, and nothing that no datagram can hold. */
export function requirePayload(payload: unknown, family: Family): Uint8Array {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  if (!(bytes instanceof Uint8Array)) throw new ArgumentError('payload', payload, 'a Uint8Array or a string');
  const longest = LONGEST_PAYLOAD[family];
  if (bytes.length <= longest) return bytes;
  throw new ArgumentError('payload', bytes.length, `up to ${longest} bytes in an IPv${family} datagram`);
}

/** Whether a datagram needs control data: most do not. */
export function hasSendOptions(options: SendOptions): boolean {
  return (
    options.source !== undefined ||
    options.interface !== undefined ||
    options.hopLimit !== undefined ||
    options.trafficClass !== undefined ||
    options.dontFragment !== undefined ||
    options.segmentSize !== undefined ||
    options.extensionHeaders !== undefined ||
    options.onTransmitted !== undefined
  );
}

/** The control data's content for a packet of `family`. */
export function outgoingControl(
  options: SendOptions,
  family: Family,
  stamp: StampRequest | undefined,
): OutgoingControl {
  const { hopLimit, trafficClass, extensionHeaders, onTransmitted } = options;
  const dontFragment = requireBoolean('dontFragment', options.dontFragment);
  if (extensionHeaders !== undefined) requireExtensionHeaders(extensionHeaders);
  if (onTransmitted !== undefined) requireFunction('onTransmitted', onTransmitted);
  const source = options.source === undefined ? undefined : requireSource(options.source, family);
  const scope = source?.scope;
  const choice = options.interface ?? (scope === undefined ? undefined : scope);
  return {
    family,
    source,
    interfaceIndex: choice === undefined ? undefined : requireInterface('interface', choice),
    hopLimit,
    trafficClass,
    dontFragment,
    extensionHeaders,
    stamps: stamp?.flags,
    stampNumber: stamp?.number,
  };
}

function requireSource(source: string | IpAddress, family: Family): IpAddress {
  const address = requireAddress('source', source).unmap();
  if (packetFamily(address) === family) return address;
  throw new ArgumentError('source', address.toString(), `an IPv${family} address, as the destination is one`);
}

/** Into how many bytes a payload is to be cut; undefined where it is one datagram anyway. */
export function requireSegmentSize(size: number | undefined, length: number): number | undefined {
  if (size === undefined) return undefined;
  requireInteger('segmentSize', size, 1, LONGEST_PAYLOAD[4], 'bytes');
  if (Math.ceil(length / size) > MOST_SEGMENTS) {
    throw new ArgumentError('segmentSize', size, `at least ${Math.ceil(length / MOST_SEGMENTS)} for ${length} bytes`);
  }
  return size < length ? size : undefined;
}
