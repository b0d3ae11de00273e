import type { IpAddress } from '../../wire/ip-address.js';
import { after, type Monotonic, type Nanoseconds } from '../../wire/time.js';
import type { Answer } from './answer.js';
import type { PathOptions } from './path-options.js';
import { deadlineOf, type Probe, type ProbeRequest } from './probe.js';
import type { TraceServices } from './strategy.js';
import type { TraceProtocol } from './trace-event.js';

/** What a probe is for: one of a hop, or one of the search for a protocol that the target answers to. */
export const FOR_HOP = 0;
export const FOR_SEARCH = 1;

/** What hosts answer to that do not answer UDP, the most usual first: echo requests, and connections to the web's ports. */
const CANDIDATES: readonly { protocol: TraceProtocol; port: number }[] = [
  { protocol: 'icmp', port: 0 },
  { protocol: 'tcp', port: 443 },
  { protocol: 'tcp', port: 80 },
];
/** So much longer than a less usual one a more usual one is waited for: they left together, and answers overtake. */
const PREFERENCE: Nanoseconds = 50e6;

/** Looks for a protocol that a silent target answers to: one probe of each, all at once, as far as they go. */
export class ProtocolSearch {
  private readonly queue: { protocol: TraceProtocol; port: number }[];
  private readonly waiting = new Set<Probe>();
  private answered: Probe | undefined;
  private decideAt = Number.POSITIVE_INFINITY;
  private begun = false;
  private decided = false;

  constructor(
    private readonly options: PathOptions,
    services: TraceServices,
  ) {
    const auto = options.protocol === 'auto';
    this.queue = auto ? CANDIDATES.filter(({ protocol }) => services.protocols.has(protocol)) : [];
  }

  /** Nothing more is to be expected of it. */
  get over(): boolean {
    const nothingLeft = this.begun && this.queue.length === 0 && this.waiting.size === 0;
    return this.decided || (nothingLeft && this.answered === undefined);
  }

  begin(): void {
    this.begun = true;
  }

  next(hopLimit: number): ProbeRequest | undefined {
    const candidate = this.begun && !this.decided ? this.queue[0] : undefined;
    if (candidate === undefined) return undefined;
    return { ...candidate, hopLimit, flow: 1, packetLength: this.options.packetLength, purpose: FOR_SEARCH };
  }

  handleQueued(probe: Probe): void {
    this.queue.shift();
    this.waiting.add(probe);
  }

  /** This host refused to send it. */
  handleFailure(probe: Probe): void {
    this.waiting.delete(probe);
  }

  handleAnswer(now: Monotonic, probe: Probe, answer: Answer, target: IpAddress): void {
    this.waiting.delete(probe);
    const fromTarget = answer.kind === 'reply' || (answer.kind !== 'expired' && answer.from.equals(target));
    if (!fromTarget) return;
    if (this.answered === undefined) this.decideAt = after(now, PREFERENCE);
    if (this.answered === undefined || rank(probe) < rank(this.answered)) this.answered = probe;
  }

  /** What the target answers to, once, as soon as nothing more usual can be expected any more. */
  takeDecision(now: Monotonic): Probe | undefined {
    const { answered } = this;
    if (answered === undefined || this.decided) return undefined;
    const best = ![...this.waiting].some(probe => rank(probe) < rank(answered));
    if (!best && now < this.decideAt) return undefined;
    this.decided = true;
    return answered;
  }

  /** Gives those up that were waited for long enough. */
  overdue(now: Monotonic, wait: Nanoseconds): Probe[] {
    const overdue = [...this.waiting].filter(probe => probe.state !== 'queued' && deadlineOf(probe, wait) <= now);
    for (const probe of overdue) this.waiting.delete(probe);
    return overdue;
  }

  nextTimeout(wait: Nanoseconds): Monotonic | undefined {
    let earliest = this.decided ? Number.POSITIVE_INFINITY : this.decideAt;
    for (const probe of this.waiting) {
      if (probe.state !== 'queued') earliest = Math.min(earliest, deadlineOf(probe, wait));
    }
    return earliest === Number.POSITIVE_INFINITY ? undefined : (earliest as Monotonic);
  }
}

function rank({ protocol, port }: Probe): number {
  return CANDIDATES.findIndex(candidate => candidate.protocol === protocol && candidate.port === port);
}
