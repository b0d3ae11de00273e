import { PATH_DEFAULTS, type PathOptions } from '../engine/trace/path-options.js';
import { smallestPacket } from '../engine/trace/probe-writer.js';
import {
  ArgumentError,
  optionalFunction,
  requireBoolean,
  requireChoice,
  requireInteger,
  requireNumber,
  requireObject,
} from '../io/argument-error.js';
import type { TraceSocketOptions } from '../sockets/trace/trace-socket-options.js';
import type { Family } from '../wire/ip-address.js';
import { NANOSECONDS_PER_MILLISECOND } from '../wire/time.js';
import { asSettings } from './as-settings.js';
import { type Origin, originSettings } from './origin-settings.js';
import type { AsLookupOptions, TracerouteOptions } from './trace-options.js';

const DAY = 86_400_000;
const MINUTE = 60_000;
const PROTOCOLS = ['auto', 'udp', 'icmp', 'tcp'] as const;
const DEFAULT_CONFIDENCE = 0.95;
const DEFAULT_LENGTH: Readonly<Record<Family, number>> = { 4: 60, 6: 80 };
const DEFAULT_LOOKUP_TIMEOUT = 100;
const DEFAULT_CONCURRENCY = 256;
const DEFAULT_TIMEOUT = 3000;
const DEFAULT_RATE = 2000;
const DEFAULT_RATE_OF_MANY = 10_000;
/** Probes that may leave at once: few, so that a near target is found before more are sent beyond it. */
const BURST = 3;

/** What the options mean, checked, with times in nanoseconds. */
export interface TraceSettings {
  family: Family | undefined;
  path: PathOptions;
  /** Undefined: no multipath discovery. */
  confidence: number | undefined;
  socket: Omit<TraceSocketOptions, 'family'>;
  trafficClass: number;
  rate: number;
  burst: number;
  concurrency: number;
  names: boolean;
  as: AsLookupOptions | undefined;
  /** Milliseconds. */
  lookupTimeout: number;
}

/**
 * Checks every option by name.
 * @throws ArgumentError
 */
export function traceSettings(options: TracerouteOptions, many: boolean): TraceSettings {
  requireObject('options', options);
  const { lookupTimeout = DEFAULT_LOOKUP_TIMEOUT, concurrency = DEFAULT_CONCURRENCY } = options;
  const { rate: asked = many ? DEFAULT_RATE_OF_MANY : DEFAULT_RATE } = options;
  const rate = requireNumber('rate', asked, 1, 1e6);
  const origin = originSettings(options);
  optionalFunction('onStart', options.onStart);
  return {
    family: origin.family,
    path: pathOptions(options),
    confidence: confidenceOf(options.multipath),
    socket: socketOptions(options, origin),
    trafficClass:
      options.trafficClass === undefined ? -1 : requireInteger('trafficClass', options.trafficClass, 0, 255),
    rate,
    burst: many ? Math.max(BURST, Math.floor(rate / 200)) : BURST,
    concurrency: requireInteger('concurrency', concurrency, 1, 10_000),
    names: requireBoolean('names', options.names) ?? !many,
    as: asSettings(options.as),
    lookupTimeout: requireNumber('lookupTimeout', lookupTimeout, 0, MINUTE, 'ms'),
  };
}

/**
 * The length of packets to targets of a family.
 * @throws ArgumentError where it was asked for and does not fit.
 */
export function packetLength(options: TracerouteOptions, family: Family): number {
  const { packetLength: length = DEFAULT_LENGTH[family], protocol = 'auto' } = options;
  const least = smallestPacket(family, protocol === 'auto' ? 'udp' : protocol);
  return requireInteger('packetLength', length, least, 65_535, 'bytes');
}

function pathOptions(options: TracerouteOptions): PathOptions {
  const { protocol = 'auto', port, timeout = DEFAULT_TIMEOUT, firstTtl: first = 1 } = options;
  const { maxTtl: last = PATH_DEFAULTS.maxTtl, probes = PATH_DEFAULTS.probes } = options;
  const { inFlight = PATH_DEFAULTS.inFlight, packetLength = PATH_DEFAULTS.packetLength } = options;
  requireChoice('protocol', protocol, PROTOCOLS);
  const maxTtl = requireInteger('maxTtl', last, 1, 255);
  const firstTtl = requireInteger('firstTtl', first, 1, 255);
  if (firstTtl > maxTtl) throw new ArgumentError('firstTtl', firstTtl, `1 to ${maxTtl}, the last hop`);
  const asked = port === undefined ? undefined : requireInteger('port', port, 1, 65_535);
  return {
    protocol,
    firstTtl,
    maxTtl,
    probes: requireInteger('probes', probes, 1, 10),
    ports: { udp: asked ?? PATH_DEFAULTS.ports.udp, tcp: asked ?? PATH_DEFAULTS.ports.tcp },
    packetLength,
    maxWait: requireNumber('timeout', timeout, 1, DAY, 'ms') * NANOSECONDS_PER_MILLISECOND,
    inFlight: requireInteger('inFlight', inFlight, 1, 255),
    classic: requireBoolean('classic', options.classic) ?? false,
    mtu: requireBoolean('mtu', options.mtu) ?? false,
  };
}

function confidenceOf(multipath: TracerouteOptions['multipath']): number | undefined {
  if (multipath === undefined || multipath === false) return undefined;
  if (multipath === true) return DEFAULT_CONFIDENCE;
  const { confidence = DEFAULT_CONFIDENCE } = requireObject('multipath', multipath, 'true, false or { confidence }');
  const allowed = 'more than 0 and less than 1: 0.95 for 95 %';
  if (!(typeof confidence === 'number' && confidence > 0 && confidence < 1)) {
    throw new ArgumentError('confidence', confidence, allowed);
  }
  return confidence;
}

function socketOptions(options: TracerouteOptions, origin: Origin): TraceSettings['socket'] {
  const { sockets, sourcePort, mark } = options;
  requireChoice('sockets', sockets, ['raw', 'unprivileged']);
  return {
    interface: origin.interface,
    source: origin.source,
    mark: mark === undefined ? undefined : requireInteger('mark', mark, 0, 2 ** 32 - 1),
    sourcePort: sourcePort === undefined ? undefined : requireInteger('sourcePort', sourcePort, 1, 65_535),
    wholePackets: options.mtu ?? false,
    kind: sockets,
  };
}
