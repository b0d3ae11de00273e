import { LINUX } from '../../wire/constants.generated.js';
import { requireBytes } from '../../wire/wire-format-error.js';
import type { Codec } from '../codec.js';
import { OptionValueError } from '../option-value-error.js';
import { requireBytesOf } from './bytes.js';
import { u32 } from './field.js';

const INSTRUCTION_SIZE = LINUX.sizeof_sock_filter;
const LONGEST = LINUX.BPF_MAXINSNS * INSTRUCTION_SIZE;

/**
 * A program of classic BPF: its `struct sock_filter` instructions, as `filterProgram` gives them or `tcpdump -ddd` does.
 * Read, the kernel counts it in instructions (net/core/filter.c, sk_get_filter).
 */
export const filter: Codec<Uint8Array> = {
  shape: 'Uint8Array',
  size: LONGEST,
  lengthUnit: INSTRUCTION_SIZE,
  transport: 'filter',
  encode(value, context) {
    const program = requireBytesOf(value, INSTRUCTION_SIZE, LONGEST, context);
    if (program.length % INSTRUCTION_SIZE !== 0) {
      throw new OptionValueError(context.name, value, `an instruction has ${INSTRUCTION_SIZE} bytes`);
    }
    return program;
  },
  decode: bytes => bytes.slice(),
};

const ICMP_TYPES = 32;

/** `struct icmp_filter`: a bit set keeps the messages of that type out. Types above 31 are never kept out. */
export const icmpFilter: Codec<number[], readonly number[]> = {
  shape: 'number[]',
  size: LINUX.sizeof_icmp_filter,
  encode(value, context) {
    let mask = 0;
    for (const type of requireTypes(value, ICMP_TYPES - 1, context.name)) mask |= 1 << type;
    const bytes = new Uint8Array(LINUX.sizeof_icmp_filter);
    u32.write(bytes, 0, mask >>> 0, context);
    return bytes;
  },
  decode(bytes) {
    requireBytes('icmp_filter', 0, bytes.length, LINUX.sizeof_icmp_filter);
    const mask = u32.read(bytes, 0);
    return typesWhere(ICMP_TYPES, type => ((mask >>> type) & 1) === 1);
  },
};

const ICMPV6_TYPES = 256;

/** `struct icmp6_filter`, likewise: RFC 3542 section 3.2 sets the bit of a type that is kept out on Linux. */
export const icmp6Filter: Codec<number[], readonly number[]> = {
  shape: 'number[]',
  size: LINUX.sizeof_icmp6_filter,
  encode(value, { name }) {
    const bytes = new Uint8Array(LINUX.sizeof_icmp6_filter);
    for (const type of requireTypes(value, ICMPV6_TYPES - 1, name)) {
      bytes[type >> 3] = (bytes[type >> 3] ?? 0) | (1 << (type & 7));
    }
    return bytes;
  },
  decode(bytes) {
    requireBytes('icmp6_filter', 0, bytes.length, LINUX.sizeof_icmp6_filter);
    return typesWhere(ICMPV6_TYPES, type => (((bytes[type >> 3] ?? 0) >>> (type & 7)) & 1) === 1);
  },
};

function typesWhere(end: number, holds: (type: number) => boolean): number[] {
  return Array.from({ length: end }, (_, type) => type).filter(holds);
}

function requireTypes(value: readonly number[], greatest: number, name: string): readonly number[] {
  const allowed = `allowed is an array of message types, each from 0 to ${greatest}`;
  if (!Array.isArray(value)) throw new OptionValueError(name, value, allowed);
  for (const type of value) {
    if (!Number.isInteger(type) || type < 0 || type > greatest) throw new OptionValueError(name, type, allowed);
  }
  return value;
}
