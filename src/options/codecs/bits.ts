import type { EncodeContext } from '../codec.js';
import { OptionValueError } from '../option-value-error.js';

const UINT_MAX = 2 ** 32 - 1;

/** Bits by name, as an array; bits without a name as one number at its end. */
export type Flags<Name extends string> = (Name | number)[];
export type FlagsInput<Name extends string> = readonly (Name | number)[] | number;

/** The number of each bit, or of bits that go together, by name. */
export type BitNumbers<Name extends string> = Readonly<Record<Name, number>>;

/** The type of `Flags` in words of TypeScript. */
export function flagsShape(bits: BitNumbers<string>): string {
  const names = Object.keys(bits).map(name => `'${name}'`);
  return `(${names.join(' | ')} | number)[]`;
}

/** The type of `FlagsInput` likewise. */
export function flagsInputShape(bits: BitNumbers<string>): string {
  return `${flagsShape(bits)} | number`;
}

/** The bits that are set in `integer`. */
export function bitNames<Name extends string>(bits: BitNumbers<Name>, integer: number): Flags<Name> {
  const names = Object.keys(bits) as Name[];
  const set = names.filter(name => bits[name] !== 0 && (integer & bits[name]) === bits[name]);
  const rest = set.reduce((left, name) => left & ~bits[name], integer);
  return rest === 0 ? set : [...set, rest >>> 0];
}

/** The unsigned number in which those bits are set. @throws OptionValueError for a name that no bit has. */
export function sumOfBits<Name extends string>(
  bits: BitNumbers<Name>,
  value: FlagsInput<Name>,
  context: EncodeContext,
): number {
  const parts = typeof value === 'number' ? [value] : value;
  if (!Array.isArray(parts)) throw new OptionValueError(context.name, value, `allowed is ${flagsInputShape(bits)}`);
  return parts.reduce<number>((sum, part: Name | number) => (sum | bitOf(bits, part, context)) >>> 0, 0);
}

function bitOf<Name extends string>(bits: BitNumbers<Name>, part: Name | number, { name }: EncodeContext): number {
  if (typeof part === 'string' && Object.hasOwn(bits, part)) return bits[part];
  if (typeof part === 'number' && Number.isInteger(part) && part >= 0 && part <= UINT_MAX) return part;
  throw new OptionValueError(name, part, `each is one of ${Object.keys(bits).join(', ')}, or a number`);
}
