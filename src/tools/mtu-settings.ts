import { LEAST_MTU, MOST_MTU } from '../engine/mtu/mtu-options.js';
import type { TraceProtocol } from '../engine/trace/trace-event.js';
import {
  ArgumentError,
  optionalFunction,
  requireChoice,
  requireInteger,
  requireNumber,
  requireObject,
} from '../io/argument-error.js';
import type { TraceSocketOptions } from '../sockets/trace/trace-socket-options.js';
import type { Family } from '../wire/ip-address.js';
import { NANOSECONDS_PER_MILLISECOND, type Nanoseconds } from '../wire/time.js';
import type { PathMtuOptions } from './mtu-options.js';
import { originSettings } from './origin-settings.js';

const DAY = 86_400_000;
const PROTOCOLS = ['auto', 'udp', 'icmp', 'tcp'] as const;
const DEFAULT_TIMEOUT = 1000;
const DEFAULT_BUDGET = 1000;
/** Of TCP those that hosts most often answer at. */
const DEFAULT_PORTS = { udp: [33_434], tcp: [443, 80] };

/** What the options mean, checked. */
export interface PathMtuSettings {
  family: Family | undefined;
  protocol: 'auto' | TraceProtocol;
  /** Destination ports, the most wanted first. */
  ports: Record<'udp' | 'tcp', readonly number[]>;
  wait: Nanoseconds;
  budget: number;
  socket: Omit<TraceSocketOptions, 'family'>;
}

/**
 * Checks every option by name that can be checked before the target is known.
 * @throws ArgumentError
 */
export function pathMtuSettings(options: PathMtuOptions): PathMtuSettings {
  requireObject('options', options);
  const { protocol = 'auto', port, sockets, mark, timeout = DEFAULT_TIMEOUT, budget = DEFAULT_BUDGET } = options;
  optionalFunction('onStart', options.onStart);
  requireChoice('protocol', protocol, PROTOCOLS);
  requireChoice('sockets', sockets, ['raw', 'unprivileged']);
  const { interface: device, source, family } = originSettings(options);
  const asked = port === undefined ? undefined : requireInteger('port', port, 1, 65_535);
  sizeRange(options, family ?? 4, MOST_MTU);
  return {
    family,
    protocol,
    ports: asked === undefined ? DEFAULT_PORTS : { udp: [asked], tcp: [asked] },
    wait: requireNumber('timeout', timeout, 1, DAY, 'ms') * NANOSECONDS_PER_MILLISECOND,
    budget: requireInteger('budget', budget, 10, 100_000, 'packets'),
    socket: {
      interface: device,
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
  const { min = lowest } = options;
  const max = options.max === undefined ? MOST_MTU : requireInteger('max', options.max, lowest, MOST_MTU, 'bytes');
  const least = requireInteger('min', min, lowest, MOST_MTU, 'bytes');
  if (least > max) throw new ArgumentError('min', least, `${lowest} to ${max} bytes, which is max`);
  const most = Math.min(max, interfaceMtu);
  if (least > most)
    throw new ArgumentError('min', least, `no more than ${most} bytes, the MTU of this host's interface`);
  return { least, most };
}
