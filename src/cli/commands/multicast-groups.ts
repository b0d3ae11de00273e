import { listGroups } from '../../sockets/multicast/interface-groups.js';
import { createParser, parseArguments } from '../command-line.js';
import { ANSWERED, type ExitStatus, UNANSWERED } from '../exit-status.js';
import { multicastGroupsText } from '../formats/multicast-text.js';
import { harmlessJson } from '../harmless.js';
import { requireInterface } from '../interface.js';
import type { Terminal } from '../terminal.js';

interface Flags {
  ipv4?: true;
  ipv6?: true;
  interface?: string;
  json?: true;
}

/** `subsocket multicast groups`: exit status 0 where there is one. */
export async function run(name: string, args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const parser = createParser(name, 'The groups that the interfaces of this machine listen to.', terminal)
    .option('-4, --ipv4', 'IPv4 only')
    .option('-6, --ipv6', 'IPv6 only')
    .option('-I, --interface <name>', 'of this interface only')
    .option('--json', 'one JSON object a line');
  const { ipv4, ipv6, interface: wanted, json } = parseArguments(parser, args).opts<Flags>();
  requireInterface('-I', wanted);
  const family = ipv4 === ipv6 ? undefined : ipv4 ? 4 : 6;
  const groups = listGroups().filter(
    ({ group, interfaceName }) =>
      (family === undefined || group.family === family) && (wanted === undefined || interfaceName === wanted),
  );
  if (json) {
    for (const group of groups) terminal.out.line(harmlessJson(JSON.stringify({ type: 'group', ...group })));
  } else {
    terminal.out.write(multicastGroupsText(groups));
  }
  return groups.length > 0 ? ANSWERED : UNANSWERED;
}
