import type { Command } from 'commander';
import { IpAddress } from '../wire/ip-address.js';
import { optionalNumber } from './arguments.js';
import { UsageError } from './failure.js';
import { quoted } from './harmless.js';

/** Options that every probing command has, as commander gives them. */
export interface CommonFlags {
  ipv4?: true;
  ipv6?: true;
  /** False with -n. */
  numeric?: true;
  interface?: string;
  source?: string;
  mark?: string;
  json?: true;
}

/** The same for a library call. */
export interface CommonOptions {
  family?: 4 | 6;
  interface?: string;
  source?: string;
  mark?: number;
}

/** Declares `-4 -6 -n --json --interface --source --mark`. The letters of interface and source are the command's own. */
export function addCommonOptions(parser: Command, letters: { mark?: string } = {}): Command {
  const mark = letters.mark === undefined ? '--mark <mark>' : `${letters.mark}, --mark <mark>`;
  return parser
    .option('-4, --ipv4', 'IPv4 only')
    .option('-6, --ipv6', 'IPv6 only')
    .option('-n, --numeric', 'addresses only, no names')
    .option('--interface <name>', 'send through this interface')
    .option('--source <address>', 'send from this address')
    .option(mark, "the packets' mark (SO_MARK)")
    .option('--json', 'the events as they are, one JSON object a line');
}

/**
 * Checks what `addCommonOptions` declared.
 * @param letters how the command spells the mark, for complaints.
 * @throws UsageError by name.
 */
export function readCommonOptions(flags: CommonFlags, letters: { mark?: string } = {}): CommonOptions {
  if (flags.ipv4 && flags.ipv6) throw new UsageError('-4 and -6 exclude one another');
  return {
    family: flags.ipv4 ? 4 : flags.ipv6 ? 6 : undefined,
    interface: flags.interface,
    source: flags.source === undefined ? undefined : parseSource(flags.source),
    mark: optionalNumber(letters.mark ?? '--mark', flags.mark, { minimum: 0, maximum: 0xffffffff }),
  };
}

function parseSource(text: string): string {
  const address = IpAddress.tryParse(text);
  if (address === undefined) throw new UsageError(`--source takes an address of this host, not ${quoted(text)}`);
  return address.toString();
}
