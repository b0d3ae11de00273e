import { setUint32, uint32 } from './byte-order.js';
import { requireLength, requireUint } from './field-value-error.js';
import {
  decodeInterfaceIdentification,
  decodeInterfaceInformation,
  encodeInterfaceIdentification,
  encodeInterfaceInformation,
  type InterfaceIdentification,
  type InterfaceInformation,
} from './icmp-interface-object.js';

/** One entry of the MPLS label stack with which the packet came: RFC 4950 section 3, RFC 3032 section 2.1. */
export interface MplsLabel {
  kind: 'mpls';
  /** 20 bits. */
  label: number;
  /** 3 bits (RFC 5462). */
  trafficClass: number;
  /** The last entry of the stack. */
  bottom: boolean;
  ttl: number;
}

/** An object that has no decoder here, or whose data are not what its class and type ask for. */
export interface UnknownExtensionObject {
  kind: 'unknown';
  class: number;
  type: number;
  data: Uint8Array;
}

export type IcmpExtensionObject = MplsLabel | InterfaceInformation | InterfaceIdentification | UnknownExtensionObject;

/** An object as it stands in the structure: RFC 4884 section 7.2, without its length. */
export interface RawExtensionObject {
  class: number;
  type: number;
  data: Uint8Array;
}

/** IANA "ICMP Extension Object Classes and Class Sub-types". */
const MPLS_CLASS = 1;
const MPLS_INCOMING_STACK = 1;
const INTERFACE_INFORMATION_CLASS = 2;
const INTERFACE_IDENTIFICATION_CLASS = 3;
const LABEL_ENTRY = 4;
/** What the 16 bits of an object's length leave for its data. */
const MAXIMUM_DATA = 0xffff - 4;

/** The values of an object: several for a label stack of several entries. */
export function decodeExtensionObject(raw: RawExtensionObject): IcmpExtensionObject[] {
  return decodeKnown(raw) ?? [{ kind: 'unknown', ...raw }];
}

function decodeKnown(raw: RawExtensionObject): IcmpExtensionObject[] | undefined {
  switch (raw.class) {
    case MPLS_CLASS:
      return raw.type === MPLS_INCOMING_STACK ? decodeLabelStack(raw.data) : undefined;
    case INTERFACE_INFORMATION_CLASS:
      return single(decodeInterfaceInformation(raw.type, raw.data));
    case INTERFACE_IDENTIFICATION_CLASS:
      return single(decodeInterfaceIdentification(raw.type, raw.data));
    default:
      return undefined;
  }
}

function single<Value>(value: Value | undefined): Value[] | undefined {
  return value === undefined ? undefined : [value];
}

function decodeLabelStack(data: Uint8Array): MplsLabel[] | undefined {
  if (data.length === 0 || data.length % LABEL_ENTRY !== 0) return undefined;
  return Array.from({ length: data.length / LABEL_ENTRY }, (_, index) =>
    decodeLabel(uint32(data, LABEL_ENTRY * index)),
  );
}

function decodeLabel(word: number): MplsLabel {
  return {
    kind: 'mpls',
    label: word >>> 12,
    trafficClass: (word >>> 9) & 7,
    bottom: (word & 0x100) !== 0,
    ttl: word & 0xff,
  };
}

/** The object of these values: all of one label stack, or a single other one. */
export function encodeExtensionObject(values: readonly IcmpExtensionObject[]): RawExtensionObject {
  const labels = values.filter(value => value.kind === 'mpls');
  const other = values.find(value => value.kind !== 'mpls');
  switch (other?.kind) {
    case 'interface': {
      const { type, data } = encodeInterfaceInformation(other);
      return { class: INTERFACE_INFORMATION_CLASS, type, data };
    }
    case 'interface-identification': {
      const { type, data } = encodeInterfaceIdentification(other);
      return { class: INTERFACE_IDENTIFICATION_CLASS, type, data };
    }
    case 'unknown':
      return encodeUnknown(other);
    default:
      return { class: MPLS_CLASS, type: MPLS_INCOMING_STACK, data: encodeLabelStack(labels) };
  }
}

function encodeUnknown(object: UnknownExtensionObject): RawExtensionObject {
  requireLength('data', object.data.length, 0, MAXIMUM_DATA);
  return { class: requireUint('class', object.class, 8), type: requireUint('type', object.type, 8), data: object.data };
}

function encodeLabelStack(labels: readonly MplsLabel[]): Uint8Array {
  requireLength('label stack', LABEL_ENTRY * labels.length, LABEL_ENTRY, MAXIMUM_DATA);
  const data = new Uint8Array(LABEL_ENTRY * labels.length);
  for (const [index, entry] of labels.entries()) {
    const label = requireUint('label', entry.label, 20) << 12;
    const trafficClass = requireUint('trafficClass', entry.trafficClass, 3) << 9;
    const ttl = requireUint('ttl', entry.ttl, 8);
    setUint32(data, LABEL_ENTRY * index, label | trafficClass | (entry.bottom ? 0x100 : 0) | ttl);
  }
  return data;
}
