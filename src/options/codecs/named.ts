import type { EncodeContext, IntegerCodec } from '../codec.js';
import { OptionValueError } from '../option-value-error.js';
import { type BitNumbers, bitNames, type Flags, type FlagsInput, flagsInputShape, sumOfBits } from './bits.js';
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

class FlagsOption<Name extends string> extends IntegerOption<Flags<Name>, FlagsInput<Name>> {
  override readonly shape: string;
  private readonly bits: BitNumbers<Name>;

  constructor(bits: BitNumbers<Name>) {
    super();
    this.bits = bits;
    this.shape = flagsInputShape(bits);
  }

  override toInteger(value: FlagsInput<Name>, context: EncodeContext): number {
    return sumOfBits(this.bits, value, context) | 0;
  }

  override fromInteger(integer: number): Flags<Name> {
    return bitNames(this.bits, integer);
  }
}

/** Bits of a C int, by name. */
export function flags<const Name extends string>(bits: BitNumbers<Name>): IntegerCodec<Flags<Name>, FlagsInput<Name>> {
  return new FlagsOption(bits);
}
