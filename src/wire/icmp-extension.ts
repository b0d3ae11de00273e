import { setUint16, uint8, uint16 } from './byte-order.js';
import { internetChecksum, verifyInternetChecksum } from './checksum.js';
import {
  decodeExtensionObject,
  encodeExtensionObject,
  type IcmpExtensionObject,
  type RawExtensionObject,
} from './icmp-extension-object.js';
import { requireBytes } from './wire-format-error.js';

/** The extension structure of RFC 4884 section 7, which routers put behind the packet that an ICMP error quotes. */
export interface IcmpExtension {
  /** 2 is the only one that is defined; of any other no objects are read. */
  version: number;
  /** `absent`: the sender computed none (0). `bad`: the objects below may not be what the router sent. */
  checksum: 'valid' | 'absent' | 'bad';
  /** An object's length was impossible, or the version is unknown: the objects are those before that. */
  malformed: boolean;
  objects: IcmpExtensionObject[];
}

const HEADER = 4;
const OBJECT_HEADER = 4;
const VERSION = 2;

/** Whether a structure with a right checksum stands between `start` and `end`: section 5.5's test. */
export function isIcmpExtension(bytes: Uint8Array, start: number, end: number): boolean {
  const complete = end - start >= HEADER + OBJECT_HEADER && uint8(bytes, start) >>> 4 === VERSION;
  return complete && uint16(bytes, start + 2) !== 0 && verifyInternetChecksum(bytes, start, end);
}

/**
 * The value of the structure between `start` and `end`. Faults inside it are told in the value, so that a router's
 * mistake here does not cost the error message around it.
 * @throws WireFormatError for less than the 4 bytes of its header.
 */
export function decodeIcmpExtension(bytes: Uint8Array, start = 0, end = bytes.length): IcmpExtension {
  requireBytes('ICMP extension', start, Math.min(end, bytes.length), HEADER);
  const version = uint8(bytes, start) >>> 4;
  const checksum = judgeChecksum(bytes, start, end);
  if (version !== VERSION) return { version, checksum, malformed: true, objects: [] };
  const objects: IcmpExtensionObject[] = [];
  let at = start + HEADER;
  while (at < end) {
    const raw = readObject(bytes, at, end);
    if (raw === undefined) return { version, checksum, malformed: true, objects };
    objects.push(...decodeExtensionObject(raw));
    at += OBJECT_HEADER + raw.data.length;
  }
  return { version, checksum, malformed: false, objects };
}

function judgeChecksum(bytes: Uint8Array, start: number, end: number): IcmpExtension['checksum'] {
  if (uint16(bytes, start + 2) === 0) return 'absent';
  return verifyInternetChecksum(bytes, start, end) ? 'valid' : 'bad';
}

function readObject(bytes: Uint8Array, at: number, end: number): RawExtensionObject | undefined {
  if (end - at < OBJECT_HEADER) return undefined;
  const length = uint16(bytes, at);
  if (length < OBJECT_HEADER || length > end - at) return undefined;
  const data = bytes.slice(at + OBJECT_HEADER, at + length);
  return { class: uint8(bytes, at + 2), type: uint8(bytes, at + 3), data };
}

/**
 * The bytes of a structure with these objects, version 2, with its checksum. MPLS entries that follow one another up
 * to a bottom of stack go into one object.
 * @throws FieldValueError naming the field that does not fit.
 */
export function encodeIcmpExtension(objects: readonly IcmpExtensionObject[]): Uint8Array {
  const raws = groupLabelStacks(objects).map(encodeExtensionObject);
  const size = raws.reduce((total, raw) => total + OBJECT_HEADER + raw.data.length, HEADER);
  const bytes = new Uint8Array(size);
  bytes[0] = VERSION << 4;
  let at = HEADER;
  for (const raw of raws) {
    setUint16(bytes, at, OBJECT_HEADER + raw.data.length);
    bytes[at + 2] = raw.class;
    bytes[at + 3] = raw.type;
    bytes.set(raw.data, at + OBJECT_HEADER);
    at += OBJECT_HEADER + raw.data.length;
  }
  setUint16(bytes, 2, internetChecksum(bytes, 0, size));
  return bytes;
}

function groupLabelStacks(objects: readonly IcmpExtensionObject[]): IcmpExtensionObject[][] {
  const groups: IcmpExtensionObject[][] = [];
  let previous: IcmpExtensionObject | undefined;
  for (const object of objects) {
    const continues = object.kind === 'mpls' && previous?.kind === 'mpls' && !previous.bottom;
    if (continues) groups.at(-1)?.push(object);
    else groups.push([object]);
    previous = object;
  }
  return groups;
}
