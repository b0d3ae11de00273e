import { createParser, parseArguments } from '../command-line.js';
import type { ExitStatus } from '../exit-status.js';
import { ANSWERED } from '../exit-status.js';
import { UsageError } from '../failure.js';
import { quoted } from '../harmless.js';
import { reportFailure } from '../report-failure.js';
import type { Terminal } from '../terminal.js';

type Run = (name: string, args: readonly string[], terminal: Terminal) => Promise<ExitStatus>;

const SUBCOMMANDS: Readonly<Record<string, { about: string; load(): Promise<{ run: Run }> }>> = {
  recv: {
    about: 'join a group and show who sends to it, how much, and what is missing',
    load: () => import('./multicast-recv.js'),
  },
  send: { about: 'send numbered datagrams to a group', load: () => import('./multicast-send.js') },
  groups: {
    about: 'the groups that the interfaces of this machine listen to',
    load: () => import('./multicast-groups.js'),
  },
};

/** `subsocket multicast recv|send|groups`. */
export async function run(name: string, args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const [called = '', ...rest] = args;
  if (called === 'help') return run(name, [...rest, '--help'], terminal);
  if (Object.hasOwn(SUBCOMMANDS, called)) {
    const subcommand = await SUBCOMMANDS[called]?.load();
    if (subcommand !== undefined) return runSubcommand(subcommand.run, `${name} ${called}`, rest, terminal);
  }
  const names = Object.keys(SUBCOMMANDS).join(', ');
  if (!called.startsWith('-'))
    throw new UsageError(`takes one of ${names}${called === '' ? '' : `, not ${quoted(called)}`}`);
  const parser = createParser(name, 'Multicast: receive, send, and see who listens.', terminal);
  for (const [subcommand, { about }] of Object.entries(SUBCOMMANDS)) {
    parser.addCommand(createParser(subcommand, about, terminal));
  }
  parseArguments(parser, args);
  return ANSWERED;
}

/** Complains under the subcommand's own name. */
async function runSubcommand(run: Run, name: string, args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  try {
    return await run(name, args, terminal);
  } catch (error) {
    return reportFailure(name, error, terminal);
  }
}
