import { ArgumentError } from '../io/argument-error.js';

/**
 * The library's refusal of an argument, under the name that the person gave it by; any other error as it is.
 * @param flags how the command spells the library's arguments: `{ min: '--min' }`.
 */
export function asTyped(error: unknown, flags: Readonly<Record<string, string>>): unknown {
  if (!(error instanceof ArgumentError)) return error;
  const flag = flags[error.argument];
  return flag === undefined ? error : new ArgumentError(flag, error.value, error.allowed);
}
