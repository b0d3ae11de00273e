import type { PathMtuOptions } from '../../tools/mtu-options.js';
import { optionalNumber, optionalSeconds, parseWord } from '../arguments.js';
import { createParser, parseArguments } from '../command-line.js';
import { addCommonOptions, type CommonFlags, readCommonOptions } from '../common-options.js';
import { UsageError } from '../failure.js';
import { quoted } from '../harmless.js';
import { requireInterface } from '../interface.js';
import type { Terminal } from '../terminal.js';

/** What a call of `subsocket mtu` asks for. */
export interface MtuCall {
  target: string;
  options: PathMtuOptions;
  json: boolean;
  quiet: boolean;
  verbose: boolean;
}

interface Flags extends CommonFlags {
  max?: string;
  min?: string;
  protocol?: string;
  port?: string;
  wait?: string;
  unprivileged?: true;
  quiet?: true;
  verbose?: true;
}

const DAY = 86_400;
const PROTOCOLS = ['auto', 'udp', 'icmp', 'tcp'] as const;
const SIZES = { minimum: 68, maximum: 65_535, unit: 'bytes' };

/**
 * Reads the arguments of `subsocket mtu`; options may stand before or after the target.
 * @throws UsageError by name, with what is taken instead.
 * @throws HelpShown
 */
export function readMtuCall(name: string, args: readonly string[], terminal: Terminal): MtuCall {
  const parser = parseArguments(mtuParser(name, terminal), args);
  const flags = parser.opts<Flags>();
  const [target, ...more] = parser.args;
  if (target === undefined) throw new UsageError(`name a target: ${name} TARGET`);
  if (more.length > 0) throw new UsageError(`one target, not ${quoted(more[0] ?? '')} too`);
  const { json = false, quiet = false, verbose = false } = flags;
  return { target, options: readOptions(flags), json, quiet, verbose };
}

function mtuParser(name: string, terminal: Terminal) {
  const parser = createParser(name, 'The largest packet that gets to a host, and what limits it.', terminal)
    .usage('[options] TARGET')
    .argument('[target...]', 'a name or an address')
    .option('--max <bytes>', "largest packet to try (default: the interface's MTU)")
    .option('--min <bytes>', 'smallest packet to try (default: 68, IPv6: 1280)')
    .option('--protocol <name>', 'auto, udp, icmp or tcp (default: auto: what the target answers)')
    .option('-p, --port <port>', 'destination port (default: 33434, TCP: 443, then 80)')
    .option(
      '-w, --wait <seconds>',
      'the longest wait for an answer; less where round trips show that less is enough (default: 1)',
    )
    .option('--unprivileged', 'without raw sockets, even where they are allowed')
    .option('-v, --verbose', 'every packet')
    .option('--quiet', 'the end only');
  return addCommonOptions(parser);
}

function readOptions(flags: Flags): PathMtuOptions {
  const common = readCommonOptions(flags);
  requireInterface('--interface', common.interface);
  const min = optionalNumber('--min', flags.min, SIZES);
  const max = optionalNumber('--max', flags.max, SIZES);
  if (min !== undefined && max !== undefined && min > max) {
    throw new UsageError(`--min ${min} is more than --max ${max}: no size lies between them`);
  }
  return {
    ...common,
    min,
    max,
    protocol: flags.protocol === undefined ? undefined : parseWord('--protocol', flags.protocol, PROTOCOLS),
    port: optionalNumber('-p', flags.port, { minimum: 1, maximum: 65_535 }),
    timeout: optionalSeconds('-w', flags.wait, { minimum: 0.001, maximum: DAY }),
    sockets: flags.unprivileged ? 'unprivileged' : undefined,
  };
}
