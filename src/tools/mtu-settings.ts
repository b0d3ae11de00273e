import { LEAST_MTU, MOST_MTU } from '../engine/mtu/mtu-options.js';
import type { TraceProtocol } from '../engine/trace/trace-event.js';
import { ArgumentError, requireInteger, requireNumber } from '../io/argument-error.js';
import type { TraceSocketOptions } from '../sockets/trace/trace-socket-options.js';
import { type Family, IpAddress } from '../wire/ip-address.js';
import { NANOSECONDS_PER_MILLISECOND, type Nanoseconds } from '../wire/time.js';
import type { PathMtuOptions } from './mtu-options.js';

const DAY = 86_400_000;
const PROTOCOLS = ['auto', 'udp', 'icmp', 'tcp'] as const;
const DEFAULT_TIMEOUT = 1000;
const DEFAULT_BUDGET = 1000;

/** What the options mean, checked. */
export interface PathMtuSettings {
  family: Family | undefined;
  protocol: 'auto' | TraceProtocol;
  ports: Record<TraceProtocol, number>;
  wait: Nanoseconds;
  budget: number;
  socket: Omit<TraceSocketOptions, 'family'>;
}

/**
 * Checks every option by name that can be checked before the target is known.
 * @throws ArgumentError
 */
export function pathMtuSettings(options: PathMtuOptions): PathMtuSettings {
  const { protocol = 'auto', port, sockets, mark } = options;
  if (!PROTOCOLS.includes(protocol)) throw new ArgumentError('protocol', protocol, PROTOCOLS.join(', '));
  if (sockets !== undefined && sockets !== 'raw' && sockets !== 'unprivileged') {
    throw new ArgumentError('sockets', sockets, 'raw or unprivileged');
  }
  const source = options.source === undefined ? undefined : sourceAddress(options.source);
  const asked = port === undefined ? undefined : requireInteger('port', port, 1, 65_535);
  const family = familyOf(options, source);
  sizeRange(options, family ?? 4, MOST_MTU);
  return {
    family,
    protocol,
    ports: { udp: asked ?? 33_434, tcp: asked ?? 80, icmp: 0 },
    wait: requireNumber('timeout', options.timeout ?? DEFAULT_TIMEOUT, 1, DAY, 'ms') * NANOSECONDS_PER_MILLISECOND,
    budget: requireInteger('budget', options.budget ?? DEFAULT_BUDGET, 10, 100_000, 'packets'),
    socket: {
      interface: options.interface,
      source,
      mark: mark === undefined ? undefined : requireInteger('mark', mark, 0, 2 ** 32 - 1),
      wholePackets: true,
      kind: sockets,
    },
  };
}

/**
 * The sizes to be tried, in a family, through an interface of this MTU.
 * @throws ArgumentError where they are out of range, the wrong way round, or more than the interface takes.
 */
export function sizeRange(
  options: PathMtuOptions,
  family: Family,
  interfaceMtu: number,
): { least: number; most: number } {
  const lowest = LEAST_MTU[family];
  const max = options.max === undefined ? MOST_MTU : requireInteger('max', options.max, lowest, MOST_MTU, 'bytes');
  const least = requireInteger('min', options.min ?? lowest, lowest, MOST_MTU, 'bytes');
  if (least > max) throw new ArgumentError('min', least, `${lowest} to ${max} bytes, which is max`);
  const most = Math.min(max, interfaceMtu);
  if (least > most)
    throw new ArgumentError('min', least, `no more than ${most} bytes, the MTU of this host's interface`);
  return { least, most };
}

function sourceAddress(text: string): IpAddress {
  const address = IpAddress.tryParse(text);
  if (address === undefined) throw new ArgumentError('source', text, 'an IP address of this host');
  return address;
}

/** The one family there can be, if options settle it. */
function familyOf({ family, source: text }: PathMtuOptions, source: IpAddress | undefined): Family | undefined {
  if (family !== undefined && family !== 4 && family !== 6) throw new ArgumentError('family', family, '4 or 6');
  if (source !== undefined && family !== undefined && source.family !== family) {
    throw new ArgumentError('source', text, `an IPv${family} address`);
  }
  return family ?? source?.family;
}
