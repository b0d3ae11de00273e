import { executeWithListeners, type PassedListener } from '../../sockets/unix/activation/execute.js';
import {
  type ListenTargetOptions,
  type OpenedTarget,
  openListenTarget,
  parseListenTarget,
} from '../../sockets/unix/activation/listen-target.js';
import { optionalNumber } from '../arguments.js';
import { createParser, parseArguments } from '../command-line.js';
import type { ExitStatus } from '../exit-status.js';
import { UsageError } from '../failure.js';
import type { Terminal } from '../terminal.js';

interface Flags {
  datagram?: true;
  seqpacket?: true;
  backlog?: string;
  mode?: string;
  reusePort?: true;
  v6Only?: true;
  user?: string;
  group?: string;
}

const EXPLANATION = `
ADDRESS is 0.0.0.0:80, [::]:443, 8080 (every address), /run/app.sock or @abstract; NAME=ADDRESS names the socket.
The program takes this process's place and finds the sockets as descriptors 3, 4, ... with LISTEN_FDS, LISTEN_PID
and LISTEN_FDNAMES, as under systemd's socket activation.`;

/** `subsocket listen ADDRESS... -- COMMAND`: returns only where something is wrong. */
export async function run(name: string, args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const separator = args.indexOf('--');
  const [own, program] = separator < 0 ? [args, []] : [args.slice(0, separator), args.slice(separator + 1)];
  const parser = createParser(name, 'Opens listening sockets and runs a program with them.', terminal)
    .usage('[NAME=]ADDRESS... [options] -- COMMAND [ARGUMENT...]')
    .argument('[addresses...]')
    .option('-d, --datagram', 'datagram sockets: UDP, or Unix-domain')
    .option('--seqpacket', 'Unix-domain sockets that keep the boundaries of messages')
    .option('--backlog <n>', 'connections that may wait to be accepted (default: 511)')
    .option('--mode <octal>', 'access bits of a path, as 600 (default: what the umask leaves of 777)')
    .option('--reuse-port', 'let several processes listen at one port')
    .option('--v6-only', '[::] takes no IPv4')
    .option('--user <user>', 'run the program as this user, name or number')
    .option('--group <group>', "run the program with this group (default: the user's own)")
    .addHelpText('after', EXPLANATION);
  const parsed = parseArguments(parser, own);
  const flags = parsed.opts<Flags>();
  const [command, ...commandArguments] = program;
  if (parsed.args.length === 0) throw new UsageError('name an address to listen at, as 0.0.0.0:80');
  if (command === undefined) throw new UsageError('name a program to run, behind --');
  const targets = parsed.args.map(parseTarget);
  const options = listenOptions(flags);
  return withListeners(targets, options, listeners =>
    executeWithListeners(command, commandArguments, listeners, { user: flags.user, group: flags.group }),
  );
}

/** Where the program cannot be run, no path stays behind. */
function withListeners(
  targets: readonly Target[],
  options: ListenTargetOptions,
  execute: (listeners: readonly PassedListener[]) => never,
): never {
  const opened: OpenedTarget[] = [];
  try {
    for (const { at } of targets) opened.push(openListenTarget(at, options));
    return execute(opened.map(({ descriptor }, index) => ({ name: targets[index]?.name ?? NO_NAME, descriptor })));
  } catch (error) {
    for (const { binding } of opened) binding?.unlink();
    throw error;
  }
}

/** systemd's own word for a socket without a name. */
const NO_NAME = 'unknown';

interface Target {
  name: string;
  at: ReturnType<typeof parseListenTarget>;
}

function parseTarget(text: string): Target {
  const [, name = NO_NAME, address = text] = /^([^=/@[\]]+)=(.*)$/.exec(text) ?? [];
  return { name, at: parseListenTarget(address) };
}

function listenOptions(flags: Flags): ListenTargetOptions {
  if (flags.datagram && flags.seqpacket) throw new UsageError('--datagram and --seqpacket exclude each other');
  return {
    type: flags.datagram ? 'dgram' : flags.seqpacket ? 'seqpacket' : 'stream',
    backlog: optionalNumber('--backlog', flags.backlog, { minimum: 0, maximum: 2 ** 31 - 1 }),
    mode: flags.mode === undefined ? undefined : parseMode(flags.mode),
    reusePort: flags.reusePort,
    v6Only: flags.v6Only,
  };
}

function parseMode(text: string): number {
  if (/^0?[0-7]{3}$/.test(text)) return Number.parseInt(text, 8);
  throw new UsageError(`--mode takes an octal number, as 600, not ${JSON.stringify(text)}`);
}
