import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { ArgumentError, requireInteger, requireNumber, requireObject, requireSignal } from '../io/argument-error.js';
import { native } from '../io/native.js';
import { randomWords } from '../io/random-words.js';
import { DatagramSocket } from '../sockets/datagram/datagram-socket.js';
import { type InterfaceChoice, requireAddress, requireInterface } from '../sockets/datagram/endpoint.js';
import { requireGroup, requireSource } from '../sockets/multicast/group-argument.js';
import { IpAddress } from '../wire/ip-address.js';
import { NUMBERED_DATAGRAM_BYTES, writeNumberedDatagram } from '../wire/numbered-datagram.js';
import { zonedText } from './zone.js';

export interface MulticastSendOptions {
  group: string | IpAddress;
  /** 1 to 65535. */
  port: number;
  /** Default: the kernel's choice. */
  interface?: InterfaceChoice;
  /** Source address: one of this machine, of the group's family. Default: the kernel's choice. */
  source?: string | IpAddress;
  /** The packets' mark (SO_MARK), 0 to 4294967295. Needs CAP_NET_ADMIN. Default: none. */
  mark?: number;
  /** TTL or hop limit, 0 to 255. Default: 1, which stays on the link. */
  hops?: number;
  /** Whether members on this machine receive them. Default: true. */
  loop?: boolean;
  /** Bytes of each payload, 16 to 65507; the first 16 are its number. Default: 64. */
  size?: number;
  /** Ends after so many datagrams. Default: never. */
  count?: number;
  /** Milliseconds between two datagrams; 0: as fast as they go. Default: 1000. */
  interval?: number;
  signal?: AbortSignal;
}

export type MulticastSendEvent =
  /** `source`: 0.0.0.0 where this host has no address to send from. */
  | { type: 'start'; group: string; port: number; source: string; size: number; hops: number }
  | { type: 'error'; sequence: number; error: string; code: string }
  | { type: 'summary'; sent: number; errors: number; elapsed: number };

/** Datagrams that leave by one system call where there is no interval to keep. */
const BATCH = 64;

/** Sends numbered datagrams to a group, so that a receiver sees what is missing: `receiveMulticast` does. */
export async function* sendMulticast(
  options: MulticastSendOptions,
): AsyncGenerator<MulticastSendEvent, void, undefined> {
  const { signal } = requireObject('options', options);
  requireSignal(signal)?.throwIfAborted();
  const group = requireGroup(options.group);
  const port = requireInteger('port', options.port, 1, 65_535);
  const size = requireInteger('size', options.size ?? 64, NUMBERED_DATAGRAM_BYTES, 65_507, 'bytes');
  const hops = requireInteger('hops', options.hops ?? 1, 0, 255);
  const count = requireInteger('count', options.count ?? Number.MAX_SAFE_INTEGER, 1, Number.MAX_SAFE_INTEGER);
  const interval = requireNumber('interval', options.interval ?? 1000, 0, 2 ** 31 - 1, 'ms');
  const source = sourceOf(options, group);
  const outgoing = { interface: options.interface, hops, loop: options.loop };
  using socket = DatagramSocket.open({
    ...(source !== undefined && { bind: { address: source } }),
    connect: { address: group, port },
    multicast: outgoing,
    options: { SO_MARK: options.mark },
  });
  const from = zonedText(socket.localAddress.address);
  yield { type: 'start', group: zonedText(group), port, source: from, size, hops };
  const begun = native().monotonicNow();
  const stream = (randomWords(1)[0] ?? 0) >>> 0;
  let sequence = 0;
  let errors = 0;
  while (sequence < count && !signal?.aborted) {
    const many = interval === 0 ? Math.min(BATCH, count - sequence) : 1;
    const { taken, failures } = socket.sendBatch(numbered(stream, sequence, many, size));
    for (const { index, error } of failures) {
      errors++;
      yield { type: 'error', sequence: sequence + index, error: error.message, code: codeOf(error) };
    }
    sequence += taken;
    // Behind the timers of others too, however fast datagrams go.
    if (taken === many && sequence < count) await pause(begun, sequence * interval, signal);
    else if (taken < many) await pause(native().monotonicNow(), 1, signal);
  }
  const elapsed = (native().monotonicNow() - begun) / 1e6;
  yield { type: 'summary', sent: sequence - errors, errors, elapsed };
}

/** A link-local source is an address of the interface that is sent by. */
function sourceOf({ source, interface: choice }: MulticastSendOptions, group: IpAddress): IpAddress | undefined {
  if (source === undefined) return undefined;
  const address = requireSource(source, group);
  if (!address.needsZone) return address;
  const zone = requireAddress('source', source).scope ?? choice ?? group.scope;
  if (zone !== undefined) return IpAddress.fromValue(6, address.value, String(requireInterface('interface', zone)));
  throw new ArgumentError('source', address.toString(), `a zone too, as ${address}%eth0`);
}

function numbered(stream: number, first: number, count: number, size: number): { payload: Uint8Array }[] {
  return Array.from({ length: count }, (_, index) => {
    const payload = new Uint8Array(size);
    writeNumberedDatagram(payload, { stream, sequence: first + index });
    return { payload };
  });
}

/** Until `milliseconds` after `begun`, so that intervals do not add up their lateness. */
async function pause(begun: number, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (milliseconds === 0) return nextTurn();
  const passed = (native().monotonicNow() - begun) / 1e6;
  await delay(Math.max(0, milliseconds - passed), undefined, { signal }).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.name;
}
