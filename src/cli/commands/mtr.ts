import { hostname } from 'node:os';
import type { LiveResult } from '../../engine/trace/live-event.js';
import { type PathWatch, watchPath } from '../../tools/watch-path.js';
import { asTyped } from '../as-typed.js';
import { ANSWERED, type ExitStatus, REFUSED, UNANSWERED } from '../exit-status.js';
import { JsonLines } from '../formats/json-lines.js';
import { mtrReport } from '../formats/mtr-report.js';
import { refusalText } from '../formats/trace-refusal.js';
import { catchInterrupts } from '../interrupts.js';
import { MtrLive } from '../mtr-live.js';
import { errnoText } from '../system-text.js';
import type { Terminal } from '../terminal.js';
import { type MtrCall, readMtrCall } from './mtr-arguments.js';

/** What can be found wrong only when the others, or the address, are known. */
const FLAGS = { firstTtl: '-f', packetLength: '-s', source: '--source' };

/** `subsocket mtr TARGET` */
export async function run(name: string, args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const call = readMtrCall(name, args, terminal);
  const interrupts = catchInterrupts([terminal.unread]);
  const startedAt = new Date();
  try {
    const result = await show(call, terminal, interrupts.signal);
    if (result?.code !== undefined) {
      terminal.err.line(`${name}: ${refusalText(call.target, result.code, errnoText)}`);
      return REFUSED;
    }
    if (result !== undefined && !call.json) {
      const settings = { ...call, hostName: hostname(), startedAt };
      terminal.out.write(mtrReport(result, settings));
    }
    return result?.reached ? ANSWERED : UNANSWERED;
  } catch (error) {
    // Ended before anything was sent, by a signal or by a key.
    if (error instanceof Error && error.name === 'AbortError') return UNANSWERED;
    throw asTyped(error, FLAGS);
  } finally {
    interrupts[Symbol.dispose]();
  }
}

/** Runs it to its end. Of a live view the report is what remains on the terminal. */
async function show(call: MtrCall, terminal: Terminal, signal: AbortSignal): Promise<LiveResult | undefined> {
  const json = call.json ? new JsonLines({ out: text => terminal.out.write(text) }) : undefined;
  let live: MtrLive | undefined;
  let result: LiveResult | undefined;
  const onStart = () => {
    if (!call.report && !call.json) live = openLive(watch, call, terminal);
  };
  const watch = watchPath(call.target, { ...call.options, signal, onStart });
  try {
    for await (const event of watch) {
      if (event.type === 'result') result = event;
      if (event.type === 'result' || !call.quiet) json?.event(event);
    }
  } finally {
    live?.[Symbol.dispose]();
  }
  return result;
}

function openLive(watch: PathWatch, { target, numeric, asNumbers }: MtrCall, { out }: Terminal): MtrLive {
  const locale = process.env.LC_ALL || process.env.LC_CTYPE || process.env.LANG || '';
  const unicode = /utf-?8/i.test(locale);
  return new MtrLive({ watch, output: out, hostName: hostname(), target, numeric, asNumbers, unicode });
}
