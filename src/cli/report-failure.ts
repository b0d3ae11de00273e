import { ANSWERED, type ExitStatus, REFUSED } from './exit-status.js';
import { describeFailure } from './failure.js';
import type { Terminal } from './terminal.js';

/**
 * Tells what a command threw.
 * @param name what the person called: `subsocket multicast recv`.
 */
export function reportFailure(name: string, error: unknown, terminal: Terminal): ExitStatus {
  if (error instanceof Error && error.name === 'HelpShown') return ANSWERED;
  terminal.err.write(describeFailure(name, error));
  return REFUSED;
}
