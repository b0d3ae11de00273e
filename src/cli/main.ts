import type { CommandEntry } from './command.js';
import { type ExitStatus, REFUSED } from './exit-status.js';
import { reportFailure } from './report-failure.js';
import { openTerminal, type Terminal } from './terminal.js';

/**
 * The commands. To add one: write `commands/NAME.ts` with `export async function run(name, args, terminal)` (see
 * command.ts; createParser, arguments.ts and common-options.ts help), its output in `formats/`, and add a line here.
 * `load` keeps its code out of every other command's start-up.
 */
const COMMANDS: readonly CommandEntry[] = [
  { name: 'ping', about: 'echo requests to one host, or to a million', load: () => import('./commands/ping.js') },
  {
    name: 'trace',
    aliases: ['traceroute'],
    about: 'the routers on the way to a host',
    load: () => import('./commands/trace.js'),
  },
  {
    name: 'mtr',
    about: 'the path to a host, watched: loss and times of every hop',
    load: () => import('./commands/mtr.js'),
  },
  {
    name: 'mtu',
    about: 'the largest packet that gets to a host, and what limits it',
    load: () => import('./commands/mtu.js'),
  },
  {
    name: 'doctor',
    about: 'what this process may do, and how to mend what it may not',
    load: () => import('./commands/doctor.js'),
  },
  {
    name: 'listen',
    about: 'open listening sockets and run a program with them',
    load: () => import('./commands/listen.js'),
  },
  {
    name: 'multicast',
    about: 'receive from groups, send to them, and see who listens',
    load: () => import('./commands/multicast.js'),
  },
];

/** Runs the command line `args` and ends the process with its exit status, when all output has left it. */
export async function main(args: readonly string[]): Promise<void> {
  const terminal = openTerminal();
  const status = await dispatch(args, terminal);
  await terminal.out.drained();
  const { failure } = terminal.out;
  if (failure !== undefined) terminal.err.line(`subsocket: standard output: ${failure.message}`);
  await terminal.err.drained();
  await endProcess(failure === undefined ? status : REFUSED);
}

/** Ends the process although a look-up of a name may be under way, for whose thread `process.exit` would wait. */
async function endProcess(status: ExitStatus): Promise<never> {
  const isLookingUp = process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap');
  if (isLookingUp) (await import('../io/native.js')).native().exitNow(status);
  process.exit(status);
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const [called, ...rest] = args;
  const entry = COMMANDS.find(({ name, aliases }) => name === called || aliases?.includes(called ?? ''));
  const name = entry === undefined ? 'subsocket' : `subsocket ${called}`;
  try {
    if (entry !== undefined) return await (await entry.load()).run(name, rest, terminal);
    return await (await import('./overview.js')).overview(COMMANDS, args, terminal);
  } catch (error) {
    return reportFailure(name, error, terminal);
  }
}
