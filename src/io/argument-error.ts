/** An argument that cannot be right. It is refused by name, with the value and what would do, before any system call. */
export class ArgumentError extends RangeError {
  override readonly name = 'ArgumentError';
  readonly code = 'ERR_SUBSOCKET_ARGUMENT';

  constructor(
    readonly argument: string,
    readonly value: unknown,
    /** What is allowed, in words that follow "takes": `0 to 65507 bytes`. */
    readonly allowed: string,
  ) {
    super(`${argument} takes ${allowed}, not ${show(value)}`);
  }
}

/** A number within a range, or a refusal by name. */
export function requireNumber(argument: string, value: unknown, least: number, greatest: number, unit = ''): number {
  if (typeof value === 'number' && value >= least && value <= greatest) return value;
  throw new ArgumentError(argument, value, `${least} to ${greatest}${unit === '' ? '' : ` ${unit}`}`);
}

/** A whole number within a range, or a refusal by name. */
export function requireInteger(argument: string, value: unknown, least: number, greatest: number, unit = ''): number {
  if (Number.isInteger(value)) return requireNumber(argument, value, least, greatest, unit);
  throw new ArgumentError(
    argument,
    value,
    `a whole number from ${least} to ${greatest}${unit === '' ? '' : ` ${unit}`}`,
  );
}

/** An object that is no array, or a refusal by name. */
export function requireObject<Value>(argument: string, value: Value, allowed = 'an object'): Value & object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new ArgumentError(argument, value, allowed);
}

/** An array, or a refusal by name. */
export function requireArray<Value>(argument: string, value: readonly Value[]): readonly Value[] {
  if (Array.isArray(value)) return value;
  throw new ArgumentError(argument, value, 'an array');
}

/** A Uint8Array, which a Buffer is too, or a refusal by name. */
export function requireBytes(argument: string, value: unknown): void {
  if (!(value instanceof Uint8Array)) throw new ArgumentError(argument, value, 'a Uint8Array');
}

/** A function, or a refusal by name. */
export function requireFunction<Value>(argument: string, value: Value): Value {
  if (typeof value === 'function') return value;
  throw new ArgumentError(argument, value, 'a function');
}

/** A function or undefined, or a refusal by name. */
export function optionalFunction(argument: string, value: unknown): void {
  if (value !== undefined) requireFunction(argument, value);
}

/** True, false or undefined, or a refusal by name. */
export function requireBoolean(argument: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw new ArgumentError(argument, value, 'true or false');
}

/** One of `choices` or undefined, or a refusal by name. */
export function requireChoice(argument: string, value: unknown, choices: readonly (string | number)[]): void {
  if (value === undefined || choices.some(choice => choice === value)) return;
  const shown = choices.map(choice => (typeof choice === 'string' ? `'${choice}'` : choice));
  throw new ArgumentError(argument, value, shown.join(', ').replace(/, (?=[^,]*$)/, ' or '));
}

/**
 * Refuses a member that a neighbouring call has: passed over, it would mean another socket than the one that was asked for.
 * @param instead where it belongs, or what it is called here.
 */
export function refuseMember(options: object, member: string, instead: string): void {
  const value = Reflect.get(options, member) as unknown;
  if (value !== undefined) throw new ArgumentError(member, value, `no value (${instead})`);
}

/** A string or undefined, or a refusal by name. */
export function requireText(argument: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'string') throw new ArgumentError(argument, value, 'a string');
}

/** An AbortSignal or undefined, or a refusal by name. */
export function requireSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined) return undefined;
  // One of another realm, or of a polyfill, does as well.
  const { aborted, addEventListener } = Object(value) as Partial<AbortSignal>;
  if (typeof aborted === 'boolean' && typeof addEventListener === 'function') return value as AbortSignal;
  throw new ArgumentError('signal', value, 'an AbortSignal');
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value !== 'object') return String(value);
  return Array.isArray(value) ? 'an array' : `an object (${value.constructor?.name ?? 'Object'})`;
}
