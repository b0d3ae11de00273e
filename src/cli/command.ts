import type { ExitStatus } from './exit-status.js';
import type { Terminal } from './terminal.js';

/** A command's module: parses its own arguments, writes to the terminal, and tells how it went. */
export interface CommandModule {
  /**
   * @param name what the person called, to begin complaints with: `subsocket ping`.
   * @throws Error with a `code`: main prints its message in one line and exits with 2.
   */
  run(name: string, args: readonly string[], terminal: Terminal): Promise<ExitStatus>;
}

/** A command as the registry knows it, without its code: that is loaded when the command is called. */
export interface CommandEntry {
  name: string;
  aliases?: readonly string[];
  /** One line for the overview. */
  about: string;
  load(): Promise<CommandModule>;
}
