import type { PingEvent, PingTotal } from '../../engine/ping/ping-event.js';
import { type PingRun, ping } from '../../tools/ping.js';
import type { PingOptions } from '../../tools/ping-options.js';
import { NO_PROGRESS } from '../../tools/ping-progress.js';
import { IpAddress } from '../../wire/ip-address.js';
import { ANSWERED, type ExitStatus, UNANSWERED } from '../exit-status.js';
import { UsageError } from '../failure.js';
import { type ClassicSettings, PingClassic } from '../formats/ping-classic.js';
import type { Page, PingFormat } from '../formats/ping-format.js';
import { PingJson } from '../formats/ping-json.js';
import { PingMass } from '../formats/ping-mass.js';
import { progressText } from '../formats/ping-progress.js';
import { RttTally } from '../formats/rtt-tally.js';
import { requireInterface } from '../interface.js';
import { catchInterrupts } from '../interrupts.js';
import { LiveLine } from '../live-line.js';
import { OutstandingTicker } from '../outstanding-ticker.js';
import { ReverseNames } from '../reverse-names.js';
import { errnoText, wallClock } from '../system-text.js';
import { countTargets, eachTarget, openFiles } from '../targets.js';
import type { Terminal } from '../terminal.js';
import { type PingCall, readPingCall } from './ping-arguments.js';

/** iputils fills the header with options whatever -R or -T asks for. */
const IP_OPTION_BYTES = 40;

/** `subsocket ping TARGET...` */
export async function run(name: string, args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const call = readPingCall(name, args, terminal);
  requireInterface('-I', call.options.interface);
  const { targets, ranges, files } = call;
  const [only] = targets;
  if (only !== undefined && targets.length + ranges.length + files.length === 1) return pingOne(only, call, terminal);
  return pingMany(call, terminal);
}

async function pingOne(target: string, call: PingCall, terminal: Terminal): Promise<ExitStatus> {
  const names = new ReverseNames();
  const tally = new RttTally();
  const classic = new PingClassic(pageOf(terminal), classicSettings(target, call, names), tally);
  const format = call.json ? jsonFormat(call, terminal) : classic;
  const ticker = new OutstandingTicker(call.options.interval ?? 1000, () => classic.tick());
  const interrupts = catchInterrupts([terminal.unread], () => {
    const { sent, received } = run.progress;
    terminal.err.write(`\r${tally.statusLine(sent, received)}\n`);
  });
  const events = call.json && call.quiet ? 'summaries' : 'all';
  const run = ping(target, { ...call.options, events, signal: interrupts.signal });
  try {
    const { summary } = await show(run, terminal, event => {
      format.event(event);
      if (call.json) tally.count(event);
      else if (call.outstanding) ticker.event(event);
    });
    return statusOfOne(summary?.received ?? 0, call.options);
  } catch (error) {
    // Ended while the name was still being looked up: there is nothing to sum up.
    if (interrupts.signal.aborted && error === interrupts.signal.reason) return UNANSWERED;
    throw error;
  } finally {
    for (const resource of [ticker, interrupts, names]) resource[Symbol.dispose]();
  }
}

async function pingMany(call: PingCall, terminal: Terminal): Promise<ExitStatus> {
  const line = new LiveLine(terminal.err);
  let run: PingRun<PingTotal> | undefined;
  let known: number | undefined;
  const interrupts = catchInterrupts([terminal.unread], () => {
    line.clear();
    terminal.err.write(`\r${progressText(run?.progress ?? NO_PROGRESS, known)}\n`);
  });
  const format = call.json ? jsonFormat(call, terminal) : new PingMass(pageOf(terminal), call);
  try {
    const sources = { names: call.targets, ranges: call.ranges, files: await openFiles(call.files) };
    known = countTargets(sources);
    run = ping(eachTarget(sources, interrupts.signal), {
      ...call.options,
      events: massEvents(call),
      signal: interrupts.signal,
      onProgress: progress => line.draw(progressText(progress, known)),
    });
    const { total } = await show(run, terminal, event => {
      line.clear();
      format.event(event);
    });
    if (total?.targets === 0 && !interrupts.signal.aborted) throw new UsageError('there were no targets');
    return statusOfMany(total);
  } finally {
    line.clear();
    interrupts[Symbol.dispose]();
  }
}

type Ends = { [Type in 'summary' | 'total']?: Extract<PingEvent, { type: Type }> };

/** Feeds a format with the events of a run, no faster than they are read, and keeps those that end it. */
async function show(run: PingRun, terminal: Terminal, onEvent: (event: PingEvent) => void): Promise<Ends> {
  const ends: Ends = {};
  for await (const event of run) {
    onEvent(event);
    if (event.type === 'summary') ends.summary = event;
    if (event.type === 'total') ends.total = event;
    const backlog = terminal.out.backlog();
    if (backlog !== undefined) await backlog;
  }
  return ends;
}

/** As iputils' ping: with a count and a deadline, fewer answers than asked for are a failure. */
function statusOfOne(received: number, { count, deadline }: PingOptions): ExitStatus {
  const wanted = deadline === undefined ? 1 : (count ?? 1);
  return received >= wanted ? ANSWERED : UNANSWERED;
}

/** As fping: every one of them has to answer. */
function statusOfMany(total: PingTotal | undefined): ExitStatus {
  return total !== undefined && total.answered > 0 && total.answered === total.targets ? ANSWERED : UNANSWERED;
}

/** Text needs the targets with problems only, so that a million healthy ones cost nothing. */
function massEvents({ json, quiet }: PingCall): PingOptions['events'] {
  if (json) return quiet ? 'summaries' : 'all';
  return quiet ? 'total' : 'problems';
}

function jsonFormat(call: PingCall, terminal: Terminal): PingFormat {
  return new PingJson(pageOf(terminal), call.stamps ? wallClock : undefined);
}

function classicSettings(target: string, call: PingCall, names: ReverseNames): ClassicSettings {
  const { recordRoute, timestamp, interface: device, source, flood, adaptive, pattern } = call.options;
  return {
    interface: device,
    source,
    flood,
    adaptive,
    pattern,
    quiet: call.quiet,
    outstanding: call.outstanding,
    optionBytes: recordRoute || timestamp !== undefined ? IP_OPTION_BYTES : 0,
    now: call.stamps ? wallClock : undefined,
    // As iputils' ping: who asks for an address is shown addresses.
    numeric: call.numeric || IpAddress.tryParse(target) !== undefined,
    nameOf: address => names.nameOf(address),
    errnoText,
  };
}

function pageOf({ out, err }: Terminal): Page {
  return { out: text => out.write(text), err: text => err.write(text) };
}
