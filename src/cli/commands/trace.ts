import type { TraceResult } from '../../engine/trace/trace-event.js';
import { traceroute } from '../../tools/traceroute.js';
import { asTyped } from '../as-typed.js';
import { ANSWERED, type ExitStatus, REFUSED, UNANSWERED } from '../exit-status.js';
import { JsonLines } from '../formats/json-lines.js';
import { TraceClassic } from '../formats/trace-classic.js';
import { TraceMultipath } from '../formats/trace-multipath.js';
import { refusalText } from '../formats/trace-refusal.js';
import { catchInterrupts } from '../interrupts.js';
import { errnoText } from '../system-text.js';
import type { Terminal } from '../terminal.js';
import { readTraceCall, type TraceCall } from './trace-arguments.js';

/** Milliseconds: a person rather sees a name a little later than never; where DNS is silent this is waited once. */
const LOOKUP_TIMEOUT = 500;

/** What can be found wrong only when the others, or the address, are known. */
const FLAGS = { firstTtl: '-f', packetLength: 'PACKET_LENGTH', source: '--source' };

/** `subsocket trace TARGET` */
export async function run(name: string, args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  if (args.includes('--live')) {
    const { run: watch } = await import('./mtr.js');
    return watch(
      name,
      args.filter(word => word !== '--live'),
      terminal,
    );
  }
  const call = readTraceCall(name, args, terminal);
  const interrupts = catchInterrupts([terminal.unread]);
  try {
    const result = await show(call, terminal, interrupts.signal);
    if (result?.code !== undefined) {
      terminal.err.line(`${name}: ${refusalText(call.target, result.code, errnoText)}`);
      return REFUSED;
    }
    return result?.reached ? ANSWERED : UNANSWERED;
  } catch (error) {
    // Ended while the name was still being looked up: there is nothing to show.
    if (interrupts.signal.aborted && error === interrupts.signal.reason) return UNANSWERED;
    throw asTyped(error, FLAGS);
  } finally {
    interrupts[Symbol.dispose]();
  }
}

async function show(call: TraceCall, terminal: Terminal, signal: AbortSignal): Promise<TraceResult | undefined> {
  const page = { out: (text: string) => terminal.out.write(text), err: (text: string) => terminal.err.write(text) };
  const text = call.options.multipath ? new TraceMultipath(page, call) : new TraceClassic(page, call);
  const format = call.json ? new JsonLines(page) : text;
  let result: TraceResult | undefined;
  const onStart = call.json || call.quiet ? undefined : text.start.bind(text);
  const options = { ...call.options, lookupTimeout: LOOKUP_TIMEOUT, signal, onStart };
  for await (const event of traceroute(call.target, options)) {
    if (event.type === 'result') result = event;
    if (!call.quiet || event.type === 'result') format.event(event);
    const backlog = terminal.out.backlog();
    if (backlog !== undefined) await backlog;
  }
  return result;
}
