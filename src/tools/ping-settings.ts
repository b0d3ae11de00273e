import type { PingEngineOptions } from '../engine/ping/ping-options.js';
import { ICMP_HEADER } from '../engine/ping/probe-message.js';
import {
  ArgumentError,
  optionalFunction,
  requireArray,
  requireBoolean,
  requireChoice,
  requireInteger,
  requireNumber,
  requireObject,
} from '../io/argument-error.js';
import type { IcmpSocketOptions } from '../sockets/icmp-socket.js';
import { type Family, IpAddress } from '../wire/ip-address.js';
import { encodeIpv4Options, type Ipv4Option } from '../wire/ipv4-options.js';
import { NANOSECONDS_PER_MILLISECOND } from '../wire/time.js';
import { type Origin, originSettings } from './origin-settings.js';
import type { PingOptions } from './ping-options.js';

const DAY = 86_400_000;
const MAXIMUM_COUNT = 2 ** 32 - 1;
const MAXIMUM_RATE = 10_000_000;
/** 65,535 bytes less the IPv4 header and the ICMP header; IPv6 does not count its own header. */
export const MAXIMUM_SIZE: Readonly<Record<Family, number>> = { 4: 65_507, 6: 65_527 };
const DEFAULT_SIZE = 56;
const DEFAULT_RATE = 10_000;
const MTU_DISCOVER = ['do', 'want', 'dont', 'probe'];

/** What the options mean, checked, with times in nanoseconds. */
export interface PingSettings {
  family: Family | undefined;
  size: number;
  engine: Omit<PingEngineOptions, 'targets' | 'lanes' | 'seed' | 'drops' | 'zoneOf'>;
  socket: Omit<IcmpSocketOptions, 'family' | 'identifier'> & { messageBytes: number };
}

/**
 * Checks every option by name and turns it into what engine and sockets take.
 * @throws ArgumentError
 */
export function pingSettings(options: PingOptions, many: boolean, literal?: Family): PingSettings {
  requireObject('options', options);
  checkChoices(options);
  checkKinds(options);
  const origin = originSettings(options);
  const family = familyOf(options, origin.family);
  const longest = MAXIMUM_SIZE[family ?? literal ?? 4];
  const { size: asked = DEFAULT_SIZE } = options;
  const size = requireInteger('size', asked, 0, longest, 'bytes');
  return { family, size, engine: engineSettings(options, many, size), socket: socketSettings(options, origin, size) };
}

function engineSettings(options: PingOptions, many: boolean, payloadSize: number): PingSettings['engine'] {
  const flood = options.flood ?? false;
  const { rate = many ? DEFAULT_RATE : 0 } = options;
  const count = optionalInteger('count', options.count, 1, MAXIMUM_COUNT) ?? (many ? 1 : undefined);
  const interval = optionalTime('interval', options.interval, 0);
  const deadline = optionalTime('deadline', options.deadline, 1);
  return {
    payloadSize,
    pattern: options.pattern === undefined ? undefined : parsePattern(options.pattern),
    count,
    countAnswers: !many && count !== undefined && deadline !== undefined,
    interval: flood ? 10 * NANOSECONDS_PER_MILLISECOND : interval,
    adaptive: flood || (options.adaptive ?? false),
    minimumInterval: flood || options.adaptive ? (interval ?? 0) : 0,
    timeout: optionalTime('timeout', options.timeout, 1) ?? (many ? 1000 : 10_000) * NANOSECONDS_PER_MILLISECOND,
    linger: !many && options.timeout === undefined,
    deadline,
    retries: optionalInteger('retries', options.retries, 0, 100) ?? 0,
    rate: requireNumber('rate', rate, 0, MAXIMUM_RATE, 'probes a second'),
    report: options.events ?? 'all',
  };
}

function socketSettings(options: PingOptions, origin: Origin, size: number): PingSettings['socket'] {
  return {
    messageBytes: ICMP_HEADER + size,
    sockets: options.sockets,
    transmitStamps: options.transmitStamps ?? true,
    interface: origin.interface,
    source: origin.source,
    mark: optionalInteger('mark', options.mark, 0, 2 ** 32 - 1),
    ttl: optionalInteger('ttl', options.ttl, 1, 255),
    trafficClass: optionalInteger('trafficClass', options.trafficClass, 0, 255),
    mtuDiscover: options.mtuDiscover,
    ipOptions: ipOptions(options),
  };
}

function checkChoices(options: PingOptions): void {
  requireChoice('mtuDiscover', options.mtuDiscover, MTU_DISCOVER);
  requireChoice('events', options.events, ['all', 'summaries', 'problems', 'total']);
}

function checkKinds(options: PingOptions): void {
  for (const name of ['flood', 'adaptive', 'recordRoute', 'transmitStamps'] as const) {
    requireBoolean(name, options[name]);
  }
  if (options.sockets !== undefined) requireArray('sockets', options.sockets);
  optionalFunction('onProgress', options.onProgress);
}

/** IP options settle the family too. */
function familyOf(options: PingOptions, family: Family | undefined): Family | undefined {
  const onlyIpv4 = options.recordRoute || options.timestamp !== undefined;
  if (onlyIpv4 && options.family === 6) {
    throw new ArgumentError(options.recordRoute ? 'recordRoute' : 'timestamp', true, 'IPv4 only (RFC 791)');
  }
  return family ?? (onlyIpv4 ? 4 : undefined);
}

/** RFC 791 section 3.1: 40 bytes of options hold 9 addresses, 9 stamps, or 4 addresses with stamps. */
function ipOptions({ recordRoute, timestamp }: PingOptions): Uint8Array | undefined {
  if (recordRoute && timestamp !== undefined) {
    throw new ArgumentError('timestamp', 'both', 'the IP header alone, without recordRoute: there is room for one');
  }
  if (recordRoute) return encodeIpv4Options([{ kind: 'record-route', recorded: [], free: 9 }]);
  return timestamp === undefined ? undefined : encodeIpv4Options([timestampOption(timestamp)]);
}

function timestampOption(timestamp: NonNullable<PingOptions['timestamp']>): Ipv4Option {
  const empty = { kind: 'timestamp', recorded: [], remaining: [], overflow: 0 } as const;
  if (timestamp === 'only') return { ...empty, mode: 'tsonly', recorded: [], remaining: [], free: 9 };
  if (timestamp === 'address') return { ...empty, mode: 'tsandaddr', recorded: [], remaining: [], free: 4 };
  const { prespecified } = Object(timestamp);
  if (!Array.isArray(prespecified) || prespecified.length < 1 || prespecified.length > 4) {
    throw new ArgumentError('timestamp', timestamp, "'only', 'address' or 1 to 4 prespecified addresses");
  }
  return { ...empty, mode: 'tsprespec', recorded: [], remaining: prespecified.map(ipv4Address), free: 0 };
}

function ipv4Address(text: unknown): IpAddress {
  const address = typeof text === 'string' ? IpAddress.tryParse(text) : undefined;
  if (address?.family !== 4) throw new ArgumentError('timestamp', text, 'IPv4 addresses');
  return address;
}

function parsePattern(text: string): Uint8Array {
  if (typeof text !== 'string' || !/^([0-9a-fA-F]{2}){1,16}$/.test(text)) {
    throw new ArgumentError('pattern', text, '1 to 16 bytes as pairs of hexadecimal digits');
  }
  return Uint8Array.from(text.match(/../g) ?? [], pair => Number.parseInt(pair, 16));
}

function optionalInteger(name: string, value: number | undefined, least: number, greatest: number): number | undefined {
  return value === undefined ? undefined : requireInteger(name, value, least, greatest);
}

function optionalTime(name: string, value: number | undefined, least: number): number | undefined {
  if (value === undefined) return undefined;
  return requireNumber(name, value, least, DAY, 'ms') * NANOSECONDS_PER_MILLISECOND;
}
