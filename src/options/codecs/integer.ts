import { hostUint32, setHostUint32 } from '../../wire/byte-order.js';
import { requireBytes } from '../../wire/wire-format-error.js';
import type { EncodeContext, IntegerCodec } from '../codec.js';
import { OptionValueError } from '../option-value-error.js';

const INT_SIZE = 4;
const INT_MAX = 2 ** 31 - 1;
export const UINT_MAX = 2 ** 32 - 1;

/** The bytes of a C int. */
export function intBytes(integer: number): Uint8Array {
  const bytes = new Uint8Array(INT_SIZE);
  setHostUint32(bytes, 0, integer);
  return bytes;
}

/** The C int in `bytes`. */
export function readInt(bytes: Uint8Array): number {
  requireBytes('option value', 0, bytes.length, INT_SIZE);
  return hostUint32(bytes, 0) | 0;
}

/** What the codecs of one C int share: the bytes, which only raw access and tests look at. */
export abstract class IntegerOption<Read, Write = Read> implements IntegerCodec<Read, Write> {
  abstract readonly shape: string;
  readonly range: readonly [number, number] | undefined = undefined;
  readonly size = INT_SIZE;
  readonly transport = 'integer';

  abstract toInteger(value: Write, context: EncodeContext): number;
  abstract fromInteger(integer: number): Read;

  encode(value: Write, context: EncodeContext): Uint8Array {
    return intBytes(this.toInteger(value, context));
  }

  decode(bytes: Uint8Array): Read {
    return this.fromInteger(readInt(bytes));
  }
}

/** How a number stands in a C int. */
interface Scale {
  /** How many of the value's units make one of the kernel's: 1000 for milliseconds in an option of seconds. */
  perKernelUnit: number;
  /** The least and greatest int that the kernel's type can hold; above 2^31 - 1 for an unsigned one. */
  limits: readonly [number, number];
}

class NumberOption extends IntegerOption<number> {
  override readonly shape = 'number';
  override readonly range: readonly [number, number];
  private readonly perKernelUnit: number;
  private readonly signed: boolean;

  constructor({ perKernelUnit, limits }: Scale) {
    super();
    this.perKernelUnit = perKernelUnit;
    this.signed = limits[1] <= INT_MAX;
    this.range = [limits[0] * perKernelUnit, limits[1] * perKernelUnit];
  }

  override toInteger(value: number, context: EncodeContext): number {
    const range = context.range ?? this.range;
    if (typeof value !== 'number' || isWithin(value, context.gap)) return this.refuse(value, context, range);
    if (this.perKernelUnit === 1 && (value | 0) === value && value >= range[0] && value <= range[1]) return value;
    if (value >= range[0] && value <= range[1]) {
      // Finer units than the value's are rounded to, coarser ones must be met: 1.5 s is no whole number of seconds.
      const units = this.perKernelUnit < 1 ? Math.round(value / this.perKernelUnit) : value / this.perKernelUnit;
      if (Number.isInteger(units)) return units | 0;
    }
    return this.refuse(value, context, range);
  }

  override fromInteger(integer: number): number {
    return (this.signed ? integer : integer >>> 0) * this.perKernelUnit;
  }

  private refuse(value: unknown, { name, gap }: EncodeContext, [least, greatest]: readonly [number, number]): never {
    const step = this.perKernelUnit > 1 ? `, in steps of ${this.perKernelUnit}` : '';
    const kind = this.perKernelUnit < 1 ? 'a number' : 'a whole number';
    throw new OptionValueError(name, value, `allowed is ${kind} from ${least} to ${greatest}${step}${butFor(gap)}`);
  }
}

function isWithin(value: number, gap: EncodeContext['gap']): boolean {
  return gap !== undefined && value >= gap[0] && value <= gap[1];
}

function butFor(gap: EncodeContext['gap']): string {
  if (gap === undefined) return '';
  return gap[0] === gap[1] ? ` but ${gap[0]}` : ` but ${gap[0]} to ${gap[1]}`;
}

/** A C int. */
export const int: IntegerCodec<number> = new NumberOption({ perKernelUnit: 1, limits: [-(2 ** 31), INT_MAX] });

/** A C int that the kernel takes as positive or 0. */
export const count: IntegerCodec<number> = new NumberOption({ perKernelUnit: 1, limits: [0, INT_MAX] });

/** An unsigned int. */
export const uint: IntegerCodec<number> = new NumberOption({ perKernelUnit: 1, limits: [0, UINT_MAX] });

/** 0 to 255 in a C int: IP_TTL. */
export const byte: IntegerCodec<number> = new NumberOption({ perKernelUnit: 1, limits: [0, 255] });

/** Milliseconds, of which the kernel counts seconds. */
export const seconds: IntegerCodec<number> = new NumberOption({ perKernelUnit: 1000, limits: [0, INT_MAX] });

/** Milliseconds, as the kernel counts them. */
export const milliseconds: IntegerCodec<number> = count;

/** Milliseconds with a fraction, of which the kernel counts microseconds. */
export const microseconds: IntegerCodec<number> = new NumberOption({ perKernelUnit: 0.001, limits: [0, INT_MAX] });

class BooleanOption extends IntegerOption<boolean> {
  override readonly shape = 'boolean';

  override toInteger(value: boolean, { name }: EncodeContext): number {
    if (typeof value !== 'boolean') throw new OptionValueError(name, value, 'allowed are true and false');
    return value ? 1 : 0;
  }

  override fromInteger(integer: number): boolean {
    return integer !== 0;
  }
}

/** On or off, as 1 or 0; the kernel may give any other number for on. */
export const boolean: IntegerCodec<boolean> = new BooleanOption();
