import { LINUX } from '../../wire/constants.generated.js';
import { icmpErrorName } from '../../wire/icmp-types.js';
import { type Monotonic, NANOSECONDS_PER_MILLISECOND } from '../../wire/time.js';
import { localErrorName } from '../local-error.js';
import type { Answer } from '../trace/answer.js';
import type { Probe, ProbeRequest } from '../trace/probe.js';
import type { TraceServices, TraceStrategy, TraceTarget } from '../trace/strategy.js';
import type { TraceProtocol } from '../trace/trace-event.js';
import type { MtuEvent } from './mtu-event.js';
import type { MtuCarrier, MtuSearchOptions } from './mtu-options.js';
import type { MtuOutcome, MtuProbe } from './mtu-probe.js';
import { describeFindings } from './mtu-result.js';
import { type MtuFindings, searchPathMtu } from './mtu-search.js';
import { SearchRunner } from './search-runner.js';
import { HOP_LIMIT, SearchState } from './search-state.js';

const NOTHING_FOUND: MtuFindings = { boundary: { lower: 0, upper: 0, proven: false }, contact: false };
/** One flow, so that all probes take the same way (RFC 8899 section 3, requirement 7). */
const FLOW = 1;

/** The search for the path MTU in the engine that traces use: it sends packets, matches answers and quotes, and measures. */
export class MtuStrategy implements TraceStrategy<MtuEvent> {
  readonly state: SearchState;
  readonly highestRouter = 0;
  private readonly runner: SearchRunner<MtuFindings>;
  private readonly probes = new Map<Probe, MtuProbe>();
  private readonly startedAt: Monotonic;
  private done = false;

  constructor(
    private readonly options: MtuSearchOptions,
    private readonly target: TraceTarget,
    private readonly services: TraceServices,
    now: Monotonic,
  ) {
    this.state = new SearchState(options);
    this.startedAt = now;
    this.runner = new SearchRunner(searchPathMtu(this.state), this.state, now);
  }

  get finished(): boolean {
    return this.done && this.state.events.length === 0;
  }

  next(now: Monotonic): ProbeRequest | undefined {
    const request = this.done ? undefined : this.runner.next(now);
    if (request === undefined) return undefined;
    const carrier = this.options.carriers.find(({ name }) => name === request.carrier);
    const { protocol, port = 0 } = carrier as MtuCarrier;
    const hopLimit = request.hopLimit || HOP_LIMIT;
    const packet = { hopLimit, flow: FLOW, port, packetLength: request.size, purpose: 0 };
    return { ...packet, protocol: protocol as TraceProtocol };
  }

  handleQueued(probe: Probe): void {
    this.probes.set(probe, this.runner.take());
  }

  handleSent(now: Monotonic, probe: Probe): void {
    const asked = this.probes.get(probe);
    if (asked !== undefined) this.runner.handleSent(now, asked);
  }

  handleFailure(now: Monotonic, probe: Probe, errno: number): void {
    const asked = this.probes.get(probe);
    const tooBig = errno === LINUX.EMSGSIZE;
    if (tooBig && asked !== undefined && this.runner.resend(asked)) return;
    this.settle(now, probe, tooBig ? { kind: 'local' } : { kind: 'failed', error: localErrorName(errno) });
  }

  handleAnswer(now: Monotonic, probe: Probe, answer: Answer): void {
    const outcome = outcomeOf(answer, this.target, this.probes.get(probe)?.hopLimit ?? 0);
    this.settle(now, probe, outcome);
  }

  /** A second answer: it may give the lie to a report. */
  handleFurtherAnswer(now: Monotonic, probe: Probe, answer: Answer): void {
    this.handleAnswer(now, probe, answer);
  }

  handleTimeout(now: Monotonic): void {
    this.runner.handleTimeout(now);
    for (const [probe, { outcome }] of this.probes) if (outcome?.kind === 'lost') this.services.expire(probe);
    this.conclude(now);
  }

  nextTimeout(): Monotonic | undefined {
    return this.done ? undefined : this.runner.nextTimeout();
  }

  pollEvent(): MtuEvent | undefined {
    return this.state.events.shift();
  }

  stop(now: Monotonic): void {
    this.finish(now, this.provisional(), true);
  }

  private settle(now: Monotonic, probe: Probe, outcome: MtuOutcome): void {
    const asked = this.probes.get(probe);
    if (asked === undefined || this.done) return;
    this.runner.handleOutcome(now, asked, outcome);
    this.conclude(now);
  }

  private conclude(now: Monotonic): void {
    if (this.runner.result !== undefined) this.finish(now, this.runner.result, false);
  }

  /** What is known before the end. */
  private provisional(): MtuFindings {
    const { facts, options, answered } = this.state;
    const lower = facts.largest(verdict => verdict === 'fits', options.most);
    const upper = facts.smallest(verdict => verdict === 'too-big', lower) ?? options.most + 1;
    return { ...NOTHING_FOUND, boundary: { lower, upper, proven: false }, contact: answered.size > 0 };
  }

  private finish(now: Monotonic, findings: MtuFindings, stopped: boolean): void {
    if (this.done) return;
    this.done = true;
    const { label, address, source } = this.target;
    const where = { target: label, address: String(address), source: String(source) };
    const elapsed = (now - this.startedAt) / NANOSECONDS_PER_MILLISECOND;
    const result = describeFindings(this.state, findings, where, elapsed);
    this.state.events.push(stopped ? { ...result, stopped } : result);
  }
}

function outcomeOf(answer: Answer, target: TraceTarget, hopLimit: number): MtuOutcome {
  const { kind, mtu, rtt, replyHopLimit, quotedHopLimit } = answer;
  const from = String(answer.from);
  if (kind === 'too-big') {
    // This host's own word, from the error queue.
    if (answer.icmpType === -1) return { kind: 'local' };
    return { kind: 'too-big', from, mtu, rtt, replyHopLimit, quotedHopLimit };
  }
  const common = { from, rtt, replyHopLimit };
  if (kind === 'expired' && hopLimit > 0) return { kind: 'expired', ...common };
  // Whatever the target itself complains about, it has got the packet; firewalls on the way complain in the same words.
  const arrived = kind === 'reply' || answer.from.value === target.address.value;
  if (!arrived) return { kind: 'refused', error: refusalWord(answer), ...common };
  return { kind: 'fits', ...common, ...(answer.offeredMss !== undefined && { offeredMss: answer.offeredMss }) };
}

function refusalWord({ family, icmpType, icmpCode }: Answer): string {
  return icmpErrorName(family, icmpType, icmpCode) ?? 'unknown-error';
}
