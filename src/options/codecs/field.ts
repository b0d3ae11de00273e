import { hostUint16, hostUint32, setHostUint16, setHostUint32, uint8 } from '../../wire/byte-order.js';
import type { EncodeContext } from '../codec.js';
import { OptionValueError } from '../option-value-error.js';
import { type BitNumbers, bitNames, type Flags, type FlagsInput, flagsShape, sumOfBits } from './bits.js';

/** A member of a C structure: so many bytes, and the value in them. */
export interface Field<Read, Write = Read> {
  readonly shape: string;
  readonly size: number;
  read(bytes: Uint8Array, at: number): Read;
  write(bytes: Uint8Array, at: number, value: Write, context: EncodeContext): void;
}

interface IntegerLayout {
  size: number;
  least: number;
  greatest: number;
  read(bytes: Uint8Array, at: number): number;
  write(bytes: Uint8Array, at: number, value: number): void;
}

function integerField({ size, least, greatest, read, write }: IntegerLayout): Field<number> {
  return {
    shape: 'number',
    size,
    read,
    write(bytes, at, value, { name }) {
      if (!Number.isInteger(value) || value < least || value > greatest) {
        throw new OptionValueError(name, value, `allowed is a whole number from ${least} to ${greatest}`);
      }
      write(bytes, at, value);
    },
  };
}

export const u8 = integerField({
  size: 1,
  least: 0,
  greatest: 2 ** 8 - 1,
  read: uint8,
  write: (bytes, at, value) => {
    bytes[at] = value;
  },
});

export const u16 = integerField({
  size: 2,
  least: 0,
  greatest: 2 ** 16 - 1,
  read: hostUint16,
  write: setHostUint16,
});

export const u32 = integerField({
  size: 4,
  least: 0,
  greatest: 2 ** 32 - 1,
  read: hostUint32,
  write: setHostUint32,
});

export const i32 = integerField({
  size: 4,
  least: -(2 ** 31),
  greatest: 2 ** 31 - 1,
  read: (bytes, at) => hostUint32(bytes, at) | 0,
  write: setHostUint32,
});

/** 64 bits as a number: exact up to 2^53, which counts of bytes and of seconds do not reach. */
export const u64: Field<number> = integerField({
  size: 8,
  least: 0,
  greatest: Number.MAX_SAFE_INTEGER,
  read: (bytes, at) => hostUint32(bytes, at) + hostUint32(bytes, at + 4) * 2 ** 32,
  write(bytes, at, value) {
    setHostUint32(bytes, at, value % 2 ** 32);
    setHostUint32(bytes, at + 4, Math.floor(value / 2 ** 32));
  },
});

/** 64 bits of which all count: sequence numbers, which begin anywhere, and what stands for something else. */
export const wide64: Field<bigint> = {
  shape: 'bigint',
  size: 8,
  read: (bytes, at) => (BigInt(hostUint32(bytes, at + 4)) << 32n) | BigInt(hostUint32(bytes, at)),
  write(bytes, at, value, { name }) {
    if (typeof value !== 'bigint' || value < 0n || value >= 1n << 64n) {
      throw new OptionValueError(name, value, 'allowed is a bigint of 64 bits');
    }
    setHostUint32(bytes, at, Number(value & 0xffffffffn));
    setHostUint32(bytes, at + 4, Number(value >> 32n));
  },
};

/** On or off in an int. */
export const flag: Field<boolean> = {
  shape: 'boolean',
  size: 4,
  read: (bytes, at) => hostUint32(bytes, at) !== 0,
  write(bytes, at, value, { name }) {
    if (typeof value !== 'boolean') throw new OptionValueError(name, value, 'allowed are true and false');
    setHostUint32(bytes, at, value ? 1 : 0);
  },
};

/** Milliseconds where `field` counts a unit of which there are `perMillisecond` in one: 1000 for microseconds. */
export function inMilliseconds(field: Field<number>, perMillisecond: number): Field<number> {
  return {
    shape: 'number (ms)',
    size: field.size,
    read: (bytes, at) => field.read(bytes, at) / perMillisecond,
    write: (bytes, at, value, context) => field.write(bytes, at, Math.round(value * perMillisecond), context),
  };
}

/** A name for a number that `field` holds; a number without a name stays one. */
export function named<const Name extends string>(
  field: Field<number>,
  numbers: Readonly<Record<Name, number>>,
): Field<Name | number> {
  const names = Object.keys(numbers) as Name[];
  const shape = names.map(name => `'${name}'`).join(' | ');
  return {
    shape: `${shape} | number`,
    size: field.size,
    read(bytes, at) {
      const number = field.read(bytes, at);
      return names.find(name => numbers[name] === number) ?? number;
    },
    write(bytes, at, value, context) {
      const number = typeof value === 'string' && Object.hasOwn(numbers, value) ? numbers[value] : value;
      if (typeof number !== 'number')
        throw new OptionValueError(context.name, value, `allowed is ${shape}, or a number`);
      field.write(bytes, at, number, context);
    },
  };
}

/** The bits set in a number that `field` holds, by name. */
export function namedBits<const Name extends string>(
  field: Field<number>,
  bits: BitNumbers<Name>,
): Field<Flags<Name>, FlagsInput<Name>> {
  return {
    shape: flagsShape(bits),
    size: field.size,
    read: (bytes, at) => bitNames(bits, field.read(bytes, at)),
    write: (bytes, at, value, context) => field.write(bytes, at, sumOfBits(bits, value, context), context),
  };
}
