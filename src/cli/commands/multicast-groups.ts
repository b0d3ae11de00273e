import { listGroups } from '../../sockets/multicast/interface-groups.js';
import { IpAddress } from '../../wire/ip-address.js';
import { createParser, parseArguments } from '../command-line.js';
import { ANSWERED, type ExitStatus, UNANSWERED } from '../exit-status.js';
import { UsageError } from '../failure.js';
import { multicastGroupsText } from '../formats/multicast-text.js';
import { harmlessJson, quoted } from '../harmless.js';
import { requireInterface } from '../interface.js';
import type { Terminal } from '../terminal.js';
import { addMulticastOptions, type MulticastFlags, readMulticastOptions } from './multicast-arguments.js';

interface Flags extends MulticastFlags {
  source?: string;
}

/** `subsocket multicast groups`: exit status 0 where there is one. */
export async function run(name: string, args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const parser = createParser(name, 'The groups that the interfaces of this machine listen to.', terminal)
    .option('-I, --interface <name>', 'of this interface only')
    .option('-s, --source <address>', 'those that let this source in, or keep it out, by name');
  addMulticastOptions(parser, 'taken as everywhere; nothing is sent here that could be marked');
  const flags = parseArguments(parser, args).opts<Flags>();
  const { interface: wanted, json } = flags;
  const { family } = readMulticastOptions(flags);
  const source = flags.source === undefined ? undefined : parseSource(flags.source);
  requireInterface('-I', wanted);
  const groups = listGroups().filter(
    ({ group, interfaceName, sources }) =>
      (family === undefined || group.family === family) &&
      (wanted === undefined || interfaceName === wanted) &&
      (source === undefined || sources.some(each => each.source.equals(source))),
  );
  if (json) {
    for (const group of groups) terminal.out.line(harmlessJson(JSON.stringify({ type: 'group', ...group })));
  } else {
    terminal.out.write(multicastGroupsText(groups));
  }
  return groups.length > 0 ? ANSWERED : UNANSWERED;
}

/** One host's, here or elsewhere. */
function parseSource(text: string): IpAddress {
  const address = IpAddress.tryParse(text);
  if (address !== undefined) return address;
  throw new UsageError(`--source takes an address, not ${quoted(text)}`);
}
