import { concatenate, padded } from './byte-array.js';
import { setUint16, setUint32, uint8, uint16, uint32 } from './byte-order.js';
import { FieldValueError, requireLength, requireUint } from './field-value-error.js';
import { type Family, IpAddress } from './ip-address.js';

/** What a router tells of an interface that the packet met: RFC 5837 section 4. */
export interface InterfaceInformation {
  kind: 'interface';
  /** `sub-ip`: a component of the incoming interface below IP, as a member of a bundle. */
  role: InterfaceRole;
  /** ifIndex of RFC 2863. */
  index?: number;
  address?: IpAddress;
  /** ifName, up to 63 bytes of UTF-8. */
  name?: string;
  /** In bytes. */
  mtu?: number;
}

export type InterfaceRole = 'incoming' | 'sub-ip' | 'outgoing' | 'next-hop';

/** Which interface an extended echo asks about: RFC 8335 section 2.1. One of the three. */
export interface InterfaceIdentification {
  kind: 'interface-identification';
  name?: string;
  index?: number;
  address?: IpAddress;
}

/** The class sub-type and the data of an object. */
interface TypedData {
  type: number;
  data: Uint8Array;
}

/** RFC 5837 section 4.1: by the value of the two highest bits. */
const ROLES: readonly InterfaceRole[] = ['incoming', 'sub-ip', 'outgoing', 'next-hop'];
const HAS_INDEX = 0x08;
const HAS_ADDRESS = 0x04;
const HAS_NAME = 0x02;
const HAS_MTU = 0x01;
/** RFC 5837 section 4.3: the length octet included. */
const MAXIMUM_NAME_OBJECT = 64;

/** RFC 8335 section 2.1. */
const BY_NAME = 1;
const BY_INDEX = 2;
const BY_ADDRESS = 3;

/** IANA "Address Family Numbers". */
const ADDRESS_FAMILY: Readonly<Record<Family, number>> = { 4: 1, 6: 2 };
const ADDRESS_HEADER = 4;

/** Takes fields from the front of an object's data; a field that is cut leaves `cut` set. */
class FieldCursor {
  cut = false;
  private at = 0;

  constructor(private readonly data: Uint8Array) {}

  get atEnd(): boolean {
    return this.at === this.data.length;
  }

  word(): number {
    const at = this.take(4);
    return at < 0 ? 0 : uint32(this.data, at);
  }

  /** RFC 5837 section 4.2. */
  address(): IpAddress | undefined {
    const at = this.take(ADDRESS_HEADER);
    const family = familyOf(at < 0 ? 0 : uint16(this.data, at));
    const address = family === undefined ? -1 : this.take(family === 4 ? 4 : 16);
    if (family === undefined || address < 0) this.cut = true;
    return family === undefined || address < 0 ? undefined : IpAddress.readFrom(family, this.data, address);
  }

  /** RFC 5837 section 4.3. */
  name(): string {
    const length = uint8(this.data, this.at);
    const valid = length >= 4 && length % 4 === 0 && length <= MAXIMUM_NAME_OBJECT;
    const at = valid ? this.take(length) : -1;
    if (at < 0) this.cut = true;
    return at < 0 ? '' : textOf(this.data.subarray(at + 1, at + length));
  }

  private take(length: number): number {
    const at = this.at;
    if (this.cut || this.data.length - at < length) {
      this.cut = true;
      return -1;
    }
    this.at += length;
    return at;
  }
}

function familyOf(number: number): Family | undefined {
  if (number === ADDRESS_FAMILY[4]) return 4;
  return number === ADDRESS_FAMILY[6] ? 6 : undefined;
}

function textOf(field: Uint8Array): string {
  const terminator = field.indexOf(0);
  return new TextDecoder().decode(terminator < 0 ? field : field.subarray(0, terminator));
}

/** Undefined where the data are not what the sub-type announces. */
export function decodeInterfaceInformation(type: number, data: Uint8Array): InterfaceInformation | undefined {
  const cursor = new FieldCursor(data);
  const information: InterfaceInformation = { kind: 'interface', role: ROLES[type >>> 6] ?? 'incoming' };
  if (type & HAS_INDEX) information.index = cursor.word();
  if (type & HAS_ADDRESS) information.address = cursor.address();
  if (type & HAS_NAME) information.name = cursor.name();
  if (type & HAS_MTU) information.mtu = cursor.word();
  return cursor.cut || !cursor.atEnd ? undefined : information;
}

export function encodeInterfaceInformation(information: InterfaceInformation): TypedData {
  const { index, address, name, mtu } = information;
  const parts: Uint8Array[] = [];
  let type = ROLES.indexOf(information.role) << 6;
  const add = (flag: number, part: Uint8Array) => {
    type |= flag;
    parts.push(part);
  };
  if (index !== undefined) add(HAS_INDEX, word('index', index));
  if (address !== undefined) add(HAS_ADDRESS, addressObject(address, 0));
  if (name !== undefined) add(HAS_NAME, nameObject(name));
  if (mtu !== undefined) add(HAS_MTU, word('mtu', mtu));
  return { type, data: concatenate(parts) };
}

/** Undefined where the data are not what the sub-type announces; so for a link-layer address. */
export function decodeInterfaceIdentification(type: number, data: Uint8Array): InterfaceIdentification | undefined {
  const kind = 'interface-identification';
  if (type === BY_NAME) return { kind, name: textOf(data) };
  if (type === BY_INDEX && data.length === 4) return { kind, index: uint32(data, 0) };
  if (type !== BY_ADDRESS || data.length < ADDRESS_HEADER) return undefined;
  const family = familyOf(uint16(data, 0));
  const length = uint8(data, 2);
  if (family === undefined || length !== (family === 4 ? 4 : 16) || data.length < ADDRESS_HEADER + length)
    return undefined;
  return { kind, address: IpAddress.readFrom(family, data, ADDRESS_HEADER) };
}

export function encodeInterfaceIdentification(identification: InterfaceIdentification): TypedData {
  const { name, index, address } = identification;
  if (name !== undefined) return { type: BY_NAME, data: padded(new TextEncoder().encode(name), 4) };
  if (index !== undefined) return { type: BY_INDEX, data: word('index', index) };
  if (address !== undefined) return { type: BY_ADDRESS, data: addressObject(address, address.byteLength) };
  throw new FieldValueError('interface', 'not named', 'a name, an index or an address');
}

function word(field: string, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  setUint32(bytes, 0, requireUint(field, value, 32));
  return bytes;
}

/** RFC 5837 section 4.2; RFC 8335 section 2.1 states the length in the third octet. */
function addressObject(address: IpAddress, lengthOctet: number): Uint8Array {
  const bytes = new Uint8Array(ADDRESS_HEADER + address.byteLength);
  setUint16(bytes, 0, ADDRESS_FAMILY[address.family]);
  bytes[2] = lengthOctet;
  address.writeBytes(bytes, ADDRESS_HEADER);
  return bytes;
}

function nameObject(name: string): Uint8Array {
  const text = new TextEncoder().encode(name);
  requireLength('name', text.length, 0, MAXIMUM_NAME_OBJECT - 1);
  const bytes = padded([0, ...text], 4);
  bytes[0] = bytes.length;
  return bytes;
}
