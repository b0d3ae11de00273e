import { octets, padded } from './byte-array.js';
import { uint8, uint16, uint32 } from './byte-order.js';
import { requireInteger, requireLength, requireUint } from './field-value-error.js';
import { IpAddress } from './ip-address.js';
import { requireBytes, WireFormatError } from './wire-format-error.js';

/** An option of an IPv4 header: RFC 791 section 3.1. */
export type Ipv4Option =
  | { kind: 'no-operation' }
  | RecordRoute
  | SourceRoute
  | Timestamps
  | RouterAlert
  | UnknownOption;

/** Routers write the address by which they send the packet on. */
export interface RecordRoute {
  kind: 'record-route';
  recorded: IpAddress[];
  /** How many more addresses there is room for. */
  free: number;
}

/** `visited` have put their own address in place of the one that was given. */
export interface SourceRoute {
  kind: 'loose-source-route' | 'strict-source-route';
  visited: IpAddress[];
  remaining: IpAddress[];
}

/** Routers write when the packet came by. */
export interface Timestamps {
  kind: 'timestamp';
  /** ping(8)'s words: stamps alone; each with the address of its router; only by the routers that are given. */
  mode: 'tsonly' | 'tsandaddr' | 'tsprespec';
  recorded: TimestampEntry[];
  /** Addresses that were given (`tsprespec`) and have not stamped. */
  remaining: IpAddress[];
  /** How many more stamps there is room for (`tsonly` and `tsandaddr`). */
  free: number;
  /** How many routers found no room: 0 to 15. */
  overflow: number;
}

export interface TimestampEntry {
  /** Absent with `tsonly`. */
  address?: IpAddress;
  /** Milliseconds since midnight UT; with the highest bit (2^31) set, a time of no standard kind. */
  time: number;
}

/** RFC 2113. */
export interface RouterAlert {
  kind: 'router-alert';
  /** 0: every router shall look at the packet. */
  value: number;
}

/** An option that has no decoder here, or whose data are not what its type asks for. */
export interface UnknownOption {
  kind: 'unknown';
  type: number;
  data: Uint8Array;
}

/** Option types with the copied flag and class in them: IANA "IP Option Numbers". */
const TYPE = {
  end: 0,
  noOperation: 1,
  'record-route': 7,
  timestamp: 68,
  'loose-source-route': 131,
  'strict-source-route': 137,
  routerAlert: 148,
} as const;

/** RFC 791 section 3.1, "Internet Timestamp". */
const TIMESTAMP_FLAG = { tsonly: 0, tsandaddr: 1, tsprespec: 3 } as const;

const STRUCTURE = 'IPv4 option';
const MAXIMUM_OPTIONS = 40;
const ADDRESS = 4;
/** Octets before the data, by which a pointer counts: it is 1 at the option's first octet. */
const ROUTE_HEADER = 3;
const TIMESTAMP_HEADER = 4;

/**
 * The options from `start` to `end`, up to the end-of-list option.
 * @throws WireFormatError for a length that is less than 2 or reaches beyond `end`.
 */
export function decodeIpv4Options(bytes: Uint8Array, start = 0, end = bytes.length): Ipv4Option[] {
  const limit = Math.min(end, bytes.length);
  const options: Ipv4Option[] = [];
  let at = start;
  while (at < limit && uint8(bytes, at) !== TYPE.end) {
    if (uint8(bytes, at) === TYPE.noOperation) {
      options.push({ kind: 'no-operation' });
      at += 1;
      continue;
    }
    requireBytes(STRUCTURE, at, limit, 2);
    const length = uint8(bytes, at + 1);
    if (length < 2) throw new WireFormatError(STRUCTURE, at, `length ${length}`);
    requireBytes(STRUCTURE, at, limit, length);
    const option = bytes.slice(at, at + length);
    options.push(decodeKnown(option) ?? { kind: 'unknown', type: uint8(option, 0), data: option.slice(2) });
    at += length;
  }
  return options;
}

function decodeKnown(option: Uint8Array): Ipv4Option | undefined {
  switch (uint8(option, 0)) {
    case TYPE['record-route']:
      return decodeRecordRoute(option);
    case TYPE['loose-source-route']:
      return decodeSourceRoute('loose-source-route', option);
    case TYPE['strict-source-route']:
      return decodeSourceRoute('strict-source-route', option);
    case TYPE.timestamp:
      return decodeTimestamps(option);
    case TYPE.routerAlert:
      return option.length === 4 ? { kind: 'router-alert', value: uint16(option, 2) } : undefined;
    default:
      return undefined;
  }
}

/** How many entries the pointer has gone past; undefined where pointer and length are not whole entries. */
function entriesPassed(option: Uint8Array, header: number, entry: number): number | undefined {
  const pointer = uint8(option, 2);
  const passed = (Math.min(pointer, option.length + 1) - header - 1) / entry;
  const whole = option.length >= header && (option.length - header) % entry === 0;
  return whole && Number.isInteger(passed) && passed >= 0 ? passed : undefined;
}

function addressesOf(option: Uint8Array): IpAddress[] {
  const count = (option.length - ROUTE_HEADER) / ADDRESS;
  return Array.from({ length: count }, (_, index) => IpAddress.readFrom(4, option, ROUTE_HEADER + ADDRESS * index));
}

function decodeRecordRoute(option: Uint8Array): RecordRoute | undefined {
  const passed = entriesPassed(option, ROUTE_HEADER, ADDRESS);
  if (passed === undefined) return undefined;
  const slots = addressesOf(option);
  return { kind: 'record-route', recorded: slots.slice(0, passed), free: slots.length - passed };
}

function decodeSourceRoute(kind: SourceRoute['kind'], option: Uint8Array): SourceRoute | undefined {
  const passed = entriesPassed(option, ROUTE_HEADER, ADDRESS);
  if (passed === undefined) return undefined;
  const slots = addressesOf(option);
  return { kind, visited: slots.slice(0, passed), remaining: slots.slice(passed) };
}

function decodeTimestamps(option: Uint8Array): Timestamps | undefined {
  const flag = uint8(option, 3) & 0xf;
  const mode = (['tsonly', 'tsandaddr', 'tsprespec'] as const).find(name => TIMESTAMP_FLAG[name] === flag);
  const entry = mode === 'tsonly' ? 4 : 8;
  const passed = mode && entriesPassed(option, TIMESTAMP_HEADER, entry);
  if (mode === undefined || passed === undefined) return undefined;
  const total = (option.length - TIMESTAMP_HEADER) / entry;
  const at = (index: number) => TIMESTAMP_HEADER + entry * index;
  const recorded = Array.from({ length: passed }, (_, index) => decodeEntry(option, at(index), mode));
  const left = Array.from({ length: total - passed }, (_, index) => IpAddress.readFrom(4, option, at(passed + index)));
  const overflow = uint8(option, 3) >>> 4;
  const remaining = mode === 'tsprespec' ? left : [];
  return { kind: 'timestamp', mode, recorded, remaining, free: left.length - remaining.length, overflow };
}

function decodeEntry(option: Uint8Array, at: number, mode: Timestamps['mode']): TimestampEntry {
  if (mode === 'tsonly') return { time: uint32(option, at) };
  return { address: IpAddress.readFrom(4, option, at), time: uint32(option, at + ADDRESS) };
}

/**
 * The options' bytes, padded with end-of-list options to a multiple of 4: what a header and IP_OPTIONS take.
 * @throws FieldValueError for more than 40 bytes, and naming the field that does not fit.
 */
export function encodeIpv4Options(options: readonly Ipv4Option[]): Uint8Array {
  const encoded = options.flatMap(encodeOption);
  requireLength('options', encoded.length, 0, MAXIMUM_OPTIONS);
  return padded(encoded, 4);
}

function encodeOption(option: Ipv4Option): number[] {
  switch (option.kind) {
    case 'no-operation':
      return [TYPE.noOperation];
    case 'record-route':
      return encodeRoute(option.kind, option.recorded, [
        ...option.recorded.flatMap(octetsOf),
        ...zeros(option.free, ADDRESS),
      ]);
    case 'loose-source-route':
    case 'strict-source-route':
      return encodeRoute(option.kind, option.visited, [...option.visited, ...option.remaining].flatMap(octetsOf));
    case 'timestamp':
      return encodeTimestamps(option);
    case 'router-alert':
      return [TYPE.routerAlert, 4, ...field('value', option.value, 16)];
    case 'unknown':
      return [requireInteger('type', option.type, 2, 0xff), 2 + option.data.length, ...option.data];
  }
}

function encodeRoute(kind: RecordRoute['kind'] | SourceRoute['kind'], passed: IpAddress[], data: number[]): number[] {
  return [TYPE[kind], ROUTE_HEADER + data.length, ROUTE_HEADER + 1 + ADDRESS * passed.length, ...data];
}

function encodeTimestamps(option: Timestamps): number[] {
  const { mode, recorded, remaining, free } = option;
  const entry = mode === 'tsonly' ? 4 : 8;
  const overflow = requireUint('overflow', option.overflow, 4) << 4;
  const done = recorded.flatMap(({ address, time }) => [
    ...(address ? octetsOf(address) : []),
    ...field('time', time, 32),
  ]);
  const asked = remaining.flatMap(address => [...octetsOf(address), 0, 0, 0, 0]);
  const data = [...done, ...asked, ...zeros(free, entry)];
  const pointer = TIMESTAMP_HEADER + 1 + done.length;
  return [TYPE.timestamp, TIMESTAMP_HEADER + data.length, pointer, overflow | TIMESTAMP_FLAG[mode], ...data];
}

function octetsOf(address: IpAddress): number[] {
  requireInteger('address family', address.family, 4, 4);
  return [...address.bytes];
}

/** Room for so many entries, no more than could ever fit. */
function zeros(entries: number, size: number): number[] {
  return new Array<number>(requireInteger('free', entries, 0, MAXIMUM_OPTIONS) * size).fill(0);
}

function field(name: string, value: number, bits: 8 | 16 | 32): number[] {
  return octets(requireUint(name, value, bits), bits);
}
