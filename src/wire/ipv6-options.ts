import { uint8 } from './byte-order.js';
import { requireLength, requireUint } from './field-value-error.js';
import { requireBytes } from './wire-format-error.js';

/**
 * An option of a hop-by-hop or destination header: RFC 8200 section 4.2. Padding is an option like any other (types 0
 * and 1), because where an option stands matters to its alignment.
 */
export interface Ipv6Option {
  /** The two highest bits say what a node does that does not know it; the third, whether it may change on the way. */
  type: number;
  data: Uint8Array;
}

const PAD_ONE = 0;
const PAD_MANY = 1;
const STRUCTURE = 'IPv6 option';

/** The options from `start` to `end`. */
export function decodeIpv6Options(bytes: Uint8Array, start: number, end: number): Ipv6Option[] {
  const options: Ipv6Option[] = [];
  let at = start;
  while (at < end) {
    const type = uint8(bytes, at);
    const header = type === PAD_ONE ? 1 : 2;
    requireBytes(STRUCTURE, at, end, header);
    const length = type === PAD_ONE ? 0 : uint8(bytes, at + 1);
    requireBytes(STRUCTURE, at, end, header + length);
    options.push({ type, data: bytes.slice(at + header, at + header + length) });
    at += header + length;
  }
  return options;
}

/** The options' bytes, padded so that with `before` bytes of header they are a multiple of 8. */
export function encodeIpv6Options(options: readonly Ipv6Option[], before: number): Uint8Array {
  const bytes = options.flatMap(encodeOption);
  const missing = (8 - ((before + bytes.length) % 8)) % 8;
  return new Uint8Array([...bytes, ...padding(missing)]);
}

function encodeOption({ type, data }: Ipv6Option): number[] {
  requireUint('type', type, 8);
  requireLength('data', data.length, 0, type === PAD_ONE ? 0 : 0xff);
  return type === PAD_ONE ? [PAD_ONE] : [type, data.length, ...data];
}

function padding(length: number): number[] {
  if (length < 2) return new Array<number>(length).fill(PAD_ONE);
  return [PAD_MANY, length - 2, ...new Array<number>(length - 2).fill(0)];
}
