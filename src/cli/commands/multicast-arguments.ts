import type { Command } from 'commander';
import { type CommonFlags, type CommonOptions, readCommonOptions } from '../common-options.js';
import { UsageError } from '../failure.js';
import { type MulticastTarget, parseMulticastTarget } from '../multicast-target.js';

/** What `recv`, `send` and `groups` take alike, as commander gives it. */
export type MulticastFlags = Omit<CommonFlags, 'source'> & { quiet?: true };

/** Declares `-4 -6 -n --mark --json`. Interface and source mean something else to each command. */
export function addMulticastOptions(parser: Command, mark: string): Command {
  return parser
    .option('-4, --ipv4', 'IPv4 only')
    .option('-6, --ipv6', 'IPv6 only')
    .option('-n, --numeric', 'addresses only, no names; names are never shown here')
    .option('--mark <mark>', mark)
    .option('--json', 'the events as they are, one JSON object a line');
}

/** Checks what `addMulticastOptions` declared. @throws UsageError by name. */
export function readMulticastOptions({ ipv4, ipv6, mark }: MulticastFlags): Pick<CommonOptions, 'family' | 'mark'> {
  const { family, mark: number } = readCommonOptions({ ipv4, ipv6, mark });
  return { family, mark: number };
}

/**
 * The group and port of the arguments.
 * @throws UsageError where there are none, also where the group is not of the family that was asked for.
 */
export function readTarget(name: string, args: readonly string[], family: 4 | 6 | undefined): MulticastTarget {
  const [text] = args;
  if (text === undefined) throw new UsageError(`name a group: ${name} GROUP[:PORT]`);
  const target = parseMulticastTarget(text);
  if (family === undefined || target.group.family === family) return target;
  throw new UsageError(`${target.group} is an IPv${target.group.family} group, and IPv${family} was asked for`);
}
