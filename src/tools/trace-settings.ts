import { PATH_DEFAULTS, type PathOptions } from '../engine/trace/path-options.js';
import { smallestPacket } from '../engine/trace/probe-writer.js';
import { ArgumentError, requireInteger, requireNumber } from '../io/argument-error.js';
import type { TraceSocketOptions } from '../sockets/trace/trace-socket-options.js';
import { type Family, IpAddress } from '../wire/ip-address.js';
import { NANOSECONDS_PER_MILLISECOND } from '../wire/time.js';
import type { AsLookupOptions, TracerouteOptions } from './trace-options.js';

const DAY = 86_400_000;
const MINUTE = 60_000;
const PROTOCOLS = ['auto', 'udp', 'icmp', 'tcp'] as const;
const DEFAULT_CONFIDENCE = 0.95;
const DEFAULT_LENGTH: Readonly<Record<Family, number>> = { 4: 60, 6: 80 };
const DEFAULT_LOOKUP_TIMEOUT = 100;
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
  const source = options.source === undefined ? undefined : sourceAddress(options.source);
  const rate = requireNumber('rate', options.rate ?? (many ? DEFAULT_RATE_OF_MANY : DEFAULT_RATE), 1, 1e6);
  return {
    family: familyOf(options, source),
    path: pathOptions(options),
    confidence: confidenceOf(options.multipath),
    socket: socketOptions(options, source),
    trafficClass:
      options.trafficClass === undefined ? -1 : requireInteger('trafficClass', options.trafficClass, 0, 255),
    rate,
    burst: many ? Math.max(BURST, Math.floor(rate / 200)) : BURST,
    concurrency: requireInteger('concurrency', options.concurrency ?? 256, 1, 10_000),
    names: options.names ?? !many,
    as: options.as === true ? {} : options.as || undefined,
    lookupTimeout: requireNumber('lookupTimeout', options.lookupTimeout ?? DEFAULT_LOOKUP_TIMEOUT, 0, MINUTE, 'ms'),
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
  const { protocol = 'auto', port } = options;
  if (!PROTOCOLS.includes(protocol)) throw new ArgumentError('protocol', protocol, PROTOCOLS.join(', '));
  const maxTtl = requireInteger('maxTtl', options.maxTtl ?? PATH_DEFAULTS.maxTtl, 1, 255);
  const firstTtl = requireInteger('firstTtl', options.firstTtl ?? 1, 1, 255);
  if (firstTtl > maxTtl) throw new ArgumentError('firstTtl', firstTtl, `1 to ${maxTtl}, which is maxTtl`);
  const asked = port === undefined ? undefined : requireInteger('port', port, 1, 65_535);
  const timeout = requireNumber('timeout', options.timeout ?? 3000, 1, DAY, 'ms');
  return {
    protocol,
    firstTtl,
    maxTtl,
    probes: requireInteger('probes', options.probes ?? PATH_DEFAULTS.probes, 1, 10),
    ports: { udp: asked ?? PATH_DEFAULTS.ports.udp, tcp: asked ?? PATH_DEFAULTS.ports.tcp },
    packetLength: options.packetLength ?? PATH_DEFAULTS.packetLength,
    maxWait: timeout * NANOSECONDS_PER_MILLISECOND,
    inFlight: requireInteger('inFlight', options.inFlight ?? PATH_DEFAULTS.inFlight, 1, 255),
    classic: options.classic ?? false,
    mtu: options.mtu ?? false,
  };
}

function confidenceOf(multipath: TracerouteOptions['multipath']): number | undefined {
  if (multipath === undefined || multipath === false) return undefined;
  const confidence = multipath === true ? DEFAULT_CONFIDENCE : (multipath.confidence ?? DEFAULT_CONFIDENCE);
  const allowed = 'more than 0 and less than 1: 0.95 for 95 %';
  if (!(confidence > 0 && confidence < 1)) throw new ArgumentError('confidence', confidence, allowed);
  return confidence;
}

function socketOptions(options: TracerouteOptions, source: IpAddress | undefined): TraceSettings['socket'] {
  const { sockets, sourcePort, mark } = options;
  if (sockets !== undefined && sockets !== 'raw' && sockets !== 'unprivileged') {
    throw new ArgumentError('sockets', sockets, 'raw or unprivileged');
  }
  return {
    interface: options.interface,
    source,
    mark: mark === undefined ? undefined : requireInteger('mark', mark, 0, 2 ** 32 - 1),
    sourcePort: sourcePort === undefined ? undefined : requireInteger('sourcePort', sourcePort, 1, 65_535),
    wholePackets: options.mtu ?? false,
    kind: sockets,
  };
}

function sourceAddress(text: string): IpAddress {
  const address = IpAddress.tryParse(text);
  if (address === undefined) throw new ArgumentError('source', text, 'an IP address of this host');
  return address;
}

/** The one family there can be, if options settle it. */
function familyOf({ family, source: text }: TracerouteOptions, source: IpAddress | undefined): Family | undefined {
  if (family !== undefined && family !== 4 && family !== 6) throw new ArgumentError('family', family, '4 or 6');
  if (source !== undefined && family !== undefined && source.family !== family) {
    throw new ArgumentError('source', text, `an IPv${family} address`);
  }
  return family ?? source?.family;
}
