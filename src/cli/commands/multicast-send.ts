import { sendMulticast } from '../../tools/multicast-send.js';
import { optionalNumber, optionalSeconds } from '../arguments.js';
import { createParser, parseArguments } from '../command-line.js';
import { ANSWERED, type ExitStatus, UNANSWERED } from '../exit-status.js';
import { multicastSendText } from '../formats/multicast-text.js';
import { harmlessJson } from '../harmless.js';
import { catchInterrupts } from '../interrupts.js';
import type { Terminal } from '../terminal.js';
import { addMulticastOptions, type MulticastFlags, readMulticastOptions, readTarget } from './multicast-arguments.js';

interface Flags extends MulticastFlags {
  source?: string;
  ttl?: string;
  loop: boolean;
  size?: string;
  count?: string;
  interval?: string;
}

const DAY = 86_400;

/** `subsocket multicast send GROUP[:PORT]`: exit status 0 where everything was sent. */
export async function run(name: string, args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const parser = createParser(
    name,
    'Sends numbered datagrams to a group; `multicast recv` shows what is missing.',
    terminal,
  )
    .usage('[options] GROUP[:PORT]')
    .argument('[group]', 'as 239.1.2.3:5000 or [ff05::1]:5000 (default port: 5001)')
    .option('-I, --interface <interface>', 'name, index or address to send by')
    .option('--source <address>', 'send from this address')
    .option('-t, --ttl <hops>', 'TTL or hop limit (default: 1, which stays on the link)')
    .option('--no-loop', 'not to members on this machine')
    .option('-s, --size <bytes>', 'bytes of each payload (default: 64)')
    .option('-c, --count <n>', 'end after so many datagrams')
    .option('-i, --interval <seconds>', 'time between two datagrams, 0: as fast as they go (default: 1)')
    .option('-q, --quiet', 'the summary only');
  addMulticastOptions(parser, "the packets' mark (SO_MARK)");
  const parsed = parseArguments(parser, args);
  const flags = parsed.opts<Flags>();
  const { family, mark } = readMulticastOptions(flags);
  const { group, port } = readTarget(name, parsed.args, family);
  using interrupts = catchInterrupts([terminal.unread]);
  const events = sendMulticast({
    group,
    port,
    interface: flags.interface ?? group.scope,
    source: flags.source,
    mark,
    hops: optionalNumber('-t', flags.ttl, { minimum: 0, maximum: 255 }),
    loop: flags.loop,
    size: optionalNumber('-s', flags.size, { minimum: 16, maximum: 65_507, unit: 'bytes' }),
    count: optionalNumber('-c', flags.count, { minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    interval: optionalSeconds('-i', flags.interval, { minimum: 0, maximum: DAY }),
    signal: interrupts.signal,
  });
  let complete = false;
  for await (const event of events) {
    if (event.type === 'summary') complete = event.errors === 0 && event.sent > 0;
    if (flags.quiet && event.type !== 'summary') continue;
    terminal.out.write(flags.json ? `${harmlessJson(JSON.stringify(event))}\n` : multicastSendText(event));
    await terminal.out.backlog();
  }
  return complete ? ANSWERED : UNANSWERED;
}
