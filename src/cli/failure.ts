import { harmless } from './harmless.js';

/** A call that was wrong: an option out of range, a target missing. The message says what is taken instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'ERR_SUBSOCKET_USAGE';
}

/**
 * What to print for an error: one line for those that are meant for people, which all carry a `code`; the stack for
 * any other, because it is a defect of this program and the place is what mends it.
 */
export function describeFailure(command: string, error: unknown): string {
  if (!(error instanceof Error)) return `${command}: ${harmless(String(error))}\n`;
  if ('code' in error) return `${command}: ${harmless(error.message.replaceAll('\n', ' '))}\n`;
  const lines = (error.stack ?? String(error)).split('\n').map(harmless);
  return `${command}: internal error: ${lines.join('\n')}\n`;
}
