import fs from 'node:fs';
import { DescriptorError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';

/** What a descriptor is, as far as its socket options tell. */
export interface DescriptorKind {
  /** AF_UNIX, AF_INET, ... */
  family: number;
  /** SOCK_STREAM, SOCK_DGRAM, ... */
  type: number;
  /** True for a socket that listen(2) was called on. */
  listening: boolean;
}

const value = new Int32Array(1);

/** The kind of a socket; undefined for a descriptor that is no socket. */
export function socketKind(descriptor: number): DescriptorKind | undefined {
  const family = integerOption(descriptor, LINUX.SO_DOMAIN);
  if (family === undefined) return undefined;
  const type = integerOption(descriptor, LINUX.SO_TYPE) ?? 0;
  return { family, type, listening: integerOption(descriptor, LINUX.SO_ACCEPTCONN) === 1 };
}

/** True for a pipe or FIFO that is open. */
export function isPipe(descriptor: number): boolean {
  try {
    return fs.fstatSync(descriptor).isFIFO();
  } catch {
    return false;
  }
}

function integerOption(descriptor: number, name: number): number | undefined {
  return native().getIntegerOption(descriptor, LINUX.SOL_SOCKET, name, value) < 0 ? undefined : value[0];
}

/** What a user asks a descriptor to be. Fields that are left out may be anything. */
export interface WantedKind {
  /** The method that asks: `toServer()`. */
  method: string;
  families?: readonly number[];
  type: number;
  listening?: boolean;
}

/**
 * Refuses a descriptor that is not the socket that is wanted, and says what it is.
 * @throws DescriptorError with code 'DESCRIPTOR_KIND'.
 */
export function requireKind(descriptor: number, wanted: WantedKind): DescriptorKind {
  const kind = socketKind(descriptor);
  if (kind !== undefined && fits(kind, wanted)) return kind;
  throw new DescriptorError('DESCRIPTOR_KIND', `${wanted.method}: descriptor ${descriptor} is ${describe(kind)}`);
}

function fits(kind: DescriptorKind, wanted: WantedKind): boolean {
  if (kind.type !== wanted.type) return false;
  if (wanted.families !== undefined && !wanted.families.includes(kind.family)) return false;
  return wanted.listening === undefined || wanted.listening === kind.listening;
}

const FAMILIES: Readonly<Record<number, string>> = {
  [LINUX.AF_UNIX]: 'Unix-domain',
  [LINUX.AF_INET]: 'IPv4',
  [LINUX.AF_INET6]: 'IPv6',
};
const TYPES: Readonly<Record<number, string>> = {
  [LINUX.SOCK_STREAM]: 'stream',
  [LINUX.SOCK_DGRAM]: 'datagram',
  [LINUX.SOCK_SEQPACKET]: 'seqpacket',
  [LINUX.SOCK_RAW]: 'raw',
};

/** `a listening IPv4 stream socket`. */
function describe(kind: DescriptorKind | undefined): string {
  if (kind === undefined) return 'no socket, or not open';
  const family = FAMILIES[kind.family] ?? `family ${kind.family}`;
  return `${kind.listening ? 'a listening' : 'a'} ${family} ${TYPES[kind.type] ?? `type ${kind.type}`} socket`;
}
