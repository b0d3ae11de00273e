import { discoverPathMtu } from '../../tools/mtu.js';
import type { PathMtuResult } from '../../tools/mtu-session.js';
import { asTyped } from '../as-typed.js';
import { ANSWERED, type ExitStatus, REFUSED, UNANSWERED } from '../exit-status.js';
import { JsonLines } from '../formats/json-lines.js';
import { MtuText } from '../formats/mtu-text.js';
import { catchInterrupts } from '../interrupts.js';
import type { Terminal } from '../terminal.js';
import { type MtuCall, readMtuCall } from './mtu-arguments.js';

/** What can be found wrong only when the address and its interface are known. */
const FLAGS = { min: '--min', max: '--max', protocol: '--protocol', source: '--source' };

/** `subsocket mtu TARGET` */
export async function run(name: string, args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const call = readMtuCall(name, args, terminal);
  const interrupts = catchInterrupts([terminal.unread]);
  try {
    const result = await show(call, terminal, interrupts.signal);
    if (result !== undefined && result.probes === 0 && result.refusal !== undefined) return REFUSED;
    return result?.pathMtu == null ? UNANSWERED : ANSWERED;
  } catch (error) {
    // Ended while the name was still being looked up: there is nothing to show.
    if (interrupts.signal.aborted && error === interrupts.signal.reason) return UNANSWERED;
    throw asTyped(error, FLAGS);
  } finally {
    interrupts[Symbol.dispose]();
  }
}

async function show(call: MtuCall, terminal: Terminal, signal: AbortSignal): Promise<PathMtuResult | undefined> {
  const page = { out: (text: string) => terminal.out.write(text), err: (text: string) => terminal.err.write(text) };
  const text = new MtuText(page, call);
  const format = call.json ? new JsonLines(page) : text;
  let result: PathMtuResult | undefined;
  const onStart = call.json || call.quiet ? undefined : text.start.bind(text);
  for await (const event of discoverPathMtu(call.target, { ...call.options, signal, onStart })) {
    if (event.type === 'result') result = event;
    if (!call.quiet || event.type === 'result') format.event(event);
  }
  return result;
}
