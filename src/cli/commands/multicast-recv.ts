import { receiveMulticast } from '../../tools/multicast-receive.js';
import { optionalNumber, optionalSeconds } from '../arguments.js';
import { createParser, parseArguments } from '../command-line.js';
import { ANSWERED, type ExitStatus, UNANSWERED } from '../exit-status.js';
import { multicastReceiveText } from '../formats/multicast-text.js';
import { harmlessJson } from '../harmless.js';
import { catchInterrupts } from '../interrupts.js';
import type { Terminal } from '../terminal.js';
import { addMulticastOptions, type MulticastFlags, readMulticastOptions, readTarget } from './multicast-arguments.js';

interface Flags extends MulticastFlags {
  source?: string[];
  count?: string;
  deadline?: string;
  interval?: string;
}

const DAY = 86_400;

/** `subsocket multicast recv GROUP[:PORT]`: exit status 0 where something came. */
export async function run(name: string, args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const parser = createParser(name, 'Joins a group and shows who sends to it, how much, and what is missing.', terminal)
    .usage('[options] GROUP[:PORT]')
    .argument('[group]', 'as 239.1.2.3:5000 or [ff05::1]:5000 (default port: 5001)')
    .option('-s, --source <address>', 'from this source only (source-specific multicast); again for another', collect)
    .option('-I, --interface <interface>', 'name, index or address; all: every one, also those that come later')
    .option('-c, --count <n>', 'end after so many datagrams')
    .option('-w, --deadline <seconds>', 'end after so long')
    .option('-i, --interval <seconds>', 'time between two reports (default: 1)')
    .option('-q, --quiet', 'the summary only');
  addMulticastOptions(parser, 'the mark of the socket that receives (SO_MARK)');
  const parsed = parseArguments(parser, args);
  const flags = parsed.opts<Flags>();
  const { family, mark } = readMulticastOptions(flags);
  const { group, port } = readTarget(name, parsed.args, family);
  using interrupts = catchInterrupts([terminal.unread]);
  const events = receiveMulticast({
    group,
    port,
    sources: flags.source,
    interface: flags.interface,
    mark,
    count: optionalNumber('-c', flags.count, { minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    duration: optionalSeconds('-w', flags.deadline, { minimum: 0.001, maximum: DAY }),
    interval: optionalSeconds('-i', flags.interval, { minimum: 0.01, maximum: DAY }),
    signal: interrupts.signal,
  });
  let received = 0;
  for await (const event of events) {
    if (event.type === 'summary') received = event.received;
    if (flags.quiet && event.type !== 'summary') continue;
    const text = flags.json ? `${harmlessJson(JSON.stringify(event))}\n` : multicastReceiveText(event);
    terminal.out.write(text);
    await terminal.out.backlog();
  }
  return received > 0 ? ANSWERED : UNANSWERED;
}

/** Not a list behind one flag, which would take GROUP for another source. */
function collect(address: string, before: readonly string[] = []): string[] {
  return [...before, address];
}
