import { Command, CommanderError } from 'commander';
import { UsageError } from './failure.js';
import type { Terminal } from './terminal.js';

/** Help was asked for and printed: the run is over, and well. */
export class HelpShown extends Error {
  override readonly name = 'HelpShown';
}

/** A parser of one command's arguments that throws instead of ending the process, and complains in one line. */
export function createParser(name: string, about: string, terminal: Terminal): Command {
  return new Command(name)
    .description(about)
    .exitOverride()
    .configureOutput({ writeOut: text => terminal.out.write(text), writeErr: () => undefined });
}

/**
 * Parses `args`.
 * @throws UsageError for what the command does not take, with the nearest name where there is one.
 * @throws HelpShown after the help.
 */
export function parseArguments(parser: Command, args: readonly string[]): Command {
  try {
    return parser.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) throw new HelpShown();
    throw new UsageError(oneLine(error.message));
  }
}

/** Commander's "error: unknown option '--conut'\n(Did you mean --count?)" without its prefix and its line break. */
function oneLine(message: string): string {
  return message.replace(/^error: /, '').replaceAll('\n', ' ');
}
