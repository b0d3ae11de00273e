import {
  ArgumentError,
  requireArray,
  requireBoolean,
  requireChoice,
  requireInteger,
  requireObject,
} from '../../io/argument-error.js';
import { check } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { setOption } from '../../io/option.js';
import type { TimestampingFlag } from '../../options/codecs/timestamping.js';
import type { WritableOption } from '../../options/table.js';
import { LINUX } from '../../wire/constants.generated.js';
import { setOutgoingMulticast } from '../multicast/outgoing-multicast.js';
import { adviceOnZone } from '../stream/ip-endpoint.js';
import { ALL_ANCILLARY, type Ancillary, type BindAddress, type DatagramSocketOptions } from './datagram-options.js';
import {
  type Endpoint,
  encodeEndpoint,
  type InterfaceChoice,
  requireAddress,
  requireInterface,
  type SocketFamily,
} from './endpoint.js';

const LONGEST_DATAGRAM = 65_535;
const DEFAULT_BATCH = 64;
const MOST_SLOTS = 1024;
const LONGEST_COALESCE = 1000;

/** What of the options the socket keeps, checked. */
export interface OpenedDatagramSocket {
  descriptor: number;
  family: SocketFamily;
  shape: { slots: number; payloadBytes: number };
  maximumPayload: number;
  ancillary: readonly Ancillary[];
  coalesce: number;
}

/** Checks the options, then opens a UDP socket, sets it up and binds it. Nothing stays open where anything fails. */
export function openDatagramSocket(options: DatagramSocketOptions): OpenedDatagramSocket {
  for (const name of SWITCHES) requireBoolean(name, options[name]);
  requireObject('options', options.options ?? {});
  requireChoice('segmentation', options.segmentation, ['auto', 'library']);
  const family = familyOf(options);
  const slots = requireInteger('batchSize', options.batchSize ?? DEFAULT_BATCH, 1, MOST_SLOTS, 'datagrams');
  const { maximumPayload = LONGEST_DATAGRAM } = options;
  requireInteger('maximumPayload', maximumPayload, 1, LONGEST_DATAGRAM, 'bytes');
  // Many short datagrams that come as one need room for all of them.
  const shape = { slots, payloadBytes: options.receiveOffload ? LONGEST_DATAGRAM : maximumPayload };
  const ancillary = requireAncillary(options.ancillary === undefined ? ALL_ANCILLARY : options.ancillary);
  const coalesce = requireInteger('coalesce', options.coalesce ?? 0, 0, LONGEST_COALESCE, 'milliseconds');
  const device = deviceName(options.interface);
  const name = options.bind === undefined ? undefined : bindName(options.bind, family);
  const addressFamily = family === 4 ? LINUX.AF_INET : LINUX.AF_INET6;
  const descriptor = check(native().socket(addressFamily, LINUX.SOCK_DGRAM, LINUX.IPPROTO_UDP), 'socket', {
    object: `UDP over IPv${family === 4 ? 4 : 6}`,
  });
  try {
    setUp(descriptor, family, ancillary, options, device);
    if (name !== undefined) bindTo(descriptor, name, options.bind);
    return { descriptor, family, shape, maximumPayload, ancillary, coalesce };
  } catch (error) {
    native().close(descriptor);
    throw error;
  }
}

/** Binds a socket that is open. */
export function bindTo(descriptor: number, name: Uint8Array, { address, port = 0 }: BindAddress = {}): void {
  const named = address === undefined ? {} : { address: String(address) };
  const details = { object: `${address ?? '*'} port ${port}`, descriptor, ...named, port };
  check(native().bind(descriptor, name), 'bind', details, 'CAP_NET_BIND_SERVICE');
}

/** Connects a socket that is open. */
export function connectTo(descriptor: number, name: Uint8Array, { address, port }: Endpoint): void {
  const result = native().connect(descriptor, name);
  const advice = adviceOnZone(result, requireAddress('connect', address));
  const details = { object: `${address} port ${port}`, descriptor, address: String(address), port };
  check(result, 'connect', { ...details, ...(advice && { advice }) });
}

/** The kernel's form of where to bind. */
export function bindName(bind: BindAddress, family: SocketFamily): Uint8Array {
  const { address, port = 0 } = requireObject('bind', bind);
  return encodeEndpoint('bind', { address: address ?? (family === 4 ? '0.0.0.0' : '::'), port }, family, 0);
}

function familyOf({ family, bind, connect }: DatagramSocketOptions): SocketFamily {
  requireChoice('family', family, [4, 6, 'dual']);
  if (family !== undefined) return family;
  const address = bind?.address ?? connect?.address;
  return address === undefined ? 4 : requireAddress('address', address).family;
}

const SWITCHES = ['reuseAddress', 'reusePort', 'broadcast', 'errors', 'receiveOffload', 'sendOffload'] as const;

function deviceName(choice: InterfaceChoice | undefined): string | undefined {
  return choice === undefined ? undefined : native().interfaceName(requireInterface('interface', choice));
}

function requireAncillary(kinds: readonly Ancillary[]): readonly Ancillary[] {
  const stranger = requireArray('ancillary', kinds).find(kind => !ALL_ANCILLARY.includes(kind));
  if (stranger === undefined) return kinds;
  throw new ArgumentError('ancillary', stranger, ALL_ANCILLARY.map(kind => `'${kind}'`).join(', '));
}

function setUp(
  descriptor: number,
  family: SocketFamily,
  ancillary: readonly Ancillary[],
  options: DatagramSocketOptions,
  device: string | undefined,
): void {
  const set = (name: WritableOption, on: boolean | undefined) => {
    if (on) setOption(descriptor, name, true as never);
  };
  setOption(descriptor, 'SO_SELECT_ERR_QUEUE', true);
  set('SO_REUSEADDR', options.reuseAddress);
  set('SO_REUSEPORT', options.reusePort);
  set('SO_BROADCAST', options.broadcast);
  set('SO_RXQ_OVFL', ancillary.includes('drops'));
  set('UDP_GRO', options.receiveOffload);
  if (ancillary.includes('stamp')) setOption(descriptor, 'SO_TIMESTAMPING', RECEIVE_STAMPS);
  if (family !== 4) setOption(descriptor, 'IPV6_V6ONLY', family === 6);
  for (const name of familyOptions(family, ancillary, options.errors ?? false)) set(name, true);
  if (family !== 6) setOption(descriptor, 'IP_MULTICAST_ALL', false);
  if (family !== 4) setOption(descriptor, 'IPV6_MULTICAST_ALL', false);
  if (device !== undefined) setOption(descriptor, 'SO_BINDTODEVICE', device);
  if (options.multicast !== undefined) setOutgoingMulticast(descriptor, options.multicast);
  for (const [name, value] of Object.entries(options.options ?? {})) {
    if (value !== undefined) setOption(descriptor, name as WritableOption, value as never);
  }
}

const RECEIVE_STAMPS: readonly TimestampingFlag[] = ['rx-software', 'software'];

/** Adds transmit stamps: asked for by message, told without the packet, and counted from 0. */
export function enableTransmitStamps(descriptor: number, ancillary: readonly Ancillary[]): void {
  const receive: TimestampingFlag[] = ancillary.includes('stamp') ? ['rx-software'] : [];
  setOption(descriptor, 'SO_TIMESTAMPING', [...receive, 'software', 'opt-id', 'opt-tsonly']);
}

const OPTIONS_OF: Readonly<Record<4 | 6, Readonly<Partial<Record<Ancillary | 'errors', WritableOption>>>>> = {
  4: { destination: 'IP_PKTINFO', 'hop-limit': 'IP_RECVTTL', 'traffic-class': 'IP_RECVTOS', errors: 'IP_RECVERR' },
  6: {
    destination: 'IPV6_RECVPKTINFO',
    'hop-limit': 'IPV6_RECVHOPLIMIT',
    'traffic-class': 'IPV6_RECVTCLASS',
    errors: 'IPV6_RECVERR',
  },
};

/** A dual socket wants both families' options: each is for packets of its own. */
function familyOptions(family: SocketFamily, ancillary: readonly Ancillary[], errors: boolean): WritableOption[] {
  const wanted: (Ancillary | 'errors')[] = errors ? [...ancillary, 'errors'] : [...ancillary];
  const families: (4 | 6)[] = family === 'dual' ? [4, 6] : [family];
  return families.flatMap(each => wanted.map(kind => OPTIONS_OF[each][kind]).filter(name => name !== undefined));
}

/** AF_UNSPEC: a connected datagram socket is connected no more (connect(2)). */
export const DISCONNECTED: Uint8Array = new Uint8Array(LINUX.sizeof_sockaddr_in);
