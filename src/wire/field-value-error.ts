/** A value that its field cannot hold. Where an encoder throws this, what it may have written into `out` is void. */
export class FieldValueError extends RangeError {
  override readonly name = 'FieldValueError';
  readonly code = 'FIELD_VALUE';
  /** The field, by the name that the caller gave it: `identifier`. */
  readonly field: string;
  /** The value that was refused; its length where that is the fault. */
  readonly value: unknown;

  constructor(field: string, value: unknown, allowed: string, unit = '') {
    super(`${field} is ${describe(value)}${unit && ` ${unit}`}; allowed: ${allowed}`);
    this.field = field;
    this.value = value;
  }
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** Gives `value` back if it is an integer from `minimum` to `maximum`, and refuses it by name otherwise. */
export function requireInteger(field: string, value: number, minimum: number, maximum: number): number {
  if (!Number.isInteger(value) || value < minimum || value > maximum) {
    throw new FieldValueError(field, value, `an integer from ${minimum} to ${maximum}`);
  }
  return value;
}

/** Gives `value` back if an unsigned field of `bits` bits holds it. */
export function requireUint(field: string, value: number, bits: number): number {
  return requireInteger(field, value, 0, 2 ** bits - 1);
}

/** Gives `length` back if it is from `minimum` to `maximum` bytes. */
export function requireLength(field: string, length: number, minimum: number, maximum: number): number {
  if (length < minimum || length > maximum) {
    const allowed = minimum === maximum ? `${minimum} bytes` : `${minimum} to ${maximum} bytes`;
    throw new FieldValueError(field, length, allowed, 'bytes');
  }
  return length;
}

/** Refuses to write `length` bytes at `at` of an array that ends before. */
export function requireRoom(out: Uint8Array, at: number, length: number): void {
  if (out.length - at < length) throw new FieldValueError('room', out.length - at, `at least ${length} bytes`, 'bytes');
}
