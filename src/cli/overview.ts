import { readFile } from 'node:fs/promises';
import type { CommandEntry } from './command.js';
import { createParser, parseArguments } from './command-line.js';
import { ANSWERED, type ExitStatus } from './exit-status.js';
import { UsageError } from './failure.js';
import type { Terminal } from './terminal.js';

/** What `subsocket` does where no command was called: help, the version, or the nearest command to a misspelt one. */
export async function overview(
  commands: readonly CommandEntry[],
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitStatus> {
  const [called, name, ...rest] = args;
  if (called === 'help' && name !== undefined) return helpOf(commands, name, rest, terminal);
  const parser = createParser('subsocket', "Linux's sockets from Node.js: tools for the network.", terminal);
  parser.version(await packageVersion(), '-V, --version').usage('COMMAND [options]');
  for (const { name, aliases, about } of commands) {
    parser.addCommand(createParser(name, about, terminal).aliases([...(aliases ?? [])]));
  }
  if (args.length === 0) throw new UsageError(`name a command: ${commands.map(({ name }) => name).join(', ')}`);
  parseArguments(parser, args);
  return ANSWERED;
}

/** `rest`: which of a command's own commands, if any. */
async function helpOf(
  commands: readonly CommandEntry[],
  name: string,
  rest: readonly string[],
  terminal: Terminal,
): Promise<ExitStatus> {
  const entry = commands.find(command => command.name === name || command.aliases?.includes(name));
  if (entry === undefined) return overview(commands, [name], terminal);
  return (await entry.load()).run(`subsocket ${name}`, [...rest, '--help'], terminal);
}

async function packageVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  return (manifest as { version: string }).version;
}
