import type { EncodeContext, IntegerCodec } from '../codec.js';
import { OptionValueError } from '../option-value-error.js';
import { IntegerOption, UINT_MAX } from './integer.js';

class EnumerationOption<Name extends string> extends IntegerOption<Name | number> {
  override readonly shape: string;
  private readonly numbers: Readonly<Record<Name, number>>;
  private readonly names: ReadonlyMap<number, Name>;

  constructor(numbers: Readonly<Record<Name, number>>) {
    super();
    this.numbers = numbers;
    const names = Object.keys(numbers) as Name[];
    this.names = new Map(names.map(name => [numbers[name], name]));
    this.shape = `${names.map(name => `'${name}'`).join(' | ')} | number`;
  }

  override toInteger(value: Name | number, { name, range }: EncodeContext): number {
    if (typeof value === 'string' && Object.hasOwn(this.numbers, value)) return this.numbers[value];
    const [least, greatest] = range ?? [-(2 ** 31), UINT_MAX];
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= greatest) return value | 0;
    throw new OptionValueError(name, value, `allowed is ${this.shape} from ${least} to ${greatest}`);
  }

  override fromInteger(integer: number): Name | number {
    return this.names.get(integer) ?? integer;
  }
}

/** A name for each number; any number is taken, and given back where it has no name. */
export function enumeration<const Name extends string>(
  numbers: Readonly<Record<Name, number>>,
): IntegerCodec<Name | number> {
  return new EnumerationOption(numbers);
}

/** Bits by name, as an array; bits without a name as one number at its end. */
export type Flags<Name extends string> = (Name | number)[];
export type FlagsInput<Name extends string> = readonly (Name | number)[] | number;

class FlagsOption<Name extends string> extends IntegerOption<Flags<Name>, FlagsInput<Name>> {
  override readonly shape: string;
  private readonly bits: Readonly<Record<Name, number>>;

  constructor(bits: Readonly<Record<Name, number>>) {
    super();
    this.bits = bits;
    const names = Object.keys(bits).map(name => `'${name}'`);
    this.shape = `(${names.join(' | ')} | number)[] | number`;
  }

  override toInteger(value: FlagsInput<Name>, context: EncodeContext): number {
    const parts = typeof value === 'number' ? [value] : value;
    if (!Array.isArray(parts)) throw new OptionValueError(context.name, value, `allowed is ${this.shape}`);
    return parts.reduce<number>((sum, part: Name | number) => sum | this.bitOf(part, context), 0);
  }

  override fromInteger(integer: number): Flags<Name> {
    const names = Object.keys(this.bits) as Name[];
    const set = names.filter(name => this.bits[name] !== 0 && (integer & this.bits[name]) === this.bits[name]);
    const rest = set.reduce((left, name) => left & ~this.bits[name], integer);
    return rest === 0 ? set : [...set, rest >>> 0];
  }

  private bitOf(part: Name | number, { name }: EncodeContext): number {
    if (typeof part === 'string' && Object.hasOwn(this.bits, part)) return this.bits[part];
    if (typeof part === 'number' && Number.isInteger(part) && part >= 0 && part <= UINT_MAX) return part | 0;
    throw new OptionValueError(name, part, `each is one of ${Object.keys(this.bits).join(', ')}, or a number`);
  }
}

/** Bits of a C int, by name. */
export function flags<const Name extends string>(
  bits: Readonly<Record<Name, number>>,
): IntegerCodec<Flags<Name>, FlagsInput<Name>> {
  return new FlagsOption(bits);
}
