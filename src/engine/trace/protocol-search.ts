import type { IpAddress } from '../../wire/ip-address.js';
import type { Monotonic, Nanoseconds } from '../../wire/time.js';
import type { Answer } from './answer.js';
import type { PathOptions } from './path-options.js';
import { deadlineOf, type Probe, type ProbeRequest } from './probe.js';
import type { TraceServices } from './strategy.js';
import type { TraceProtocol } from './trace-event.js';

/** What a probe is for: one of a hop, or one of the search for a protocol that the target answers to. */
export const FOR_HOP = 0;
export const FOR_SEARCH = 1;

/** What hosts answer to that do not answer UDP: echo requests, and connections to the web's ports. */
const CANDIDATES: readonly { protocol: TraceProtocol; port: number }[] = [
  { protocol: 'icmp', port: 0 },
  { protocol: 'tcp', port: 443 },
  { protocol: 'tcp', port: 80 },
];

/** Looks for a protocol that a silent target answers to: one probe of each, all at once, as far as they go. */
export class ProtocolSearch {
  private readonly queue: { protocol: TraceProtocol; port: number }[];
  private readonly waiting = new Set<Probe>();
  private begun = false;
  private found = false;

  constructor(
    private readonly options: PathOptions,
    services: TraceServices,
  ) {
    const auto = options.protocol === 'auto';
    this.queue = auto ? CANDIDATES.filter(({ protocol }) => services.protocols.has(protocol)) : [];
  }

  /** Nothing more is to be expected of it. */
  get over(): boolean {
    return this.found || (this.begun && this.queue.length === 0 && this.waiting.size === 0);
  }

  begin(): void {
    this.begun = true;
  }

  next(hopLimit: number): ProbeRequest | undefined {
    const candidate = this.begun && !this.found ? this.queue[0] : undefined;
    if (candidate === undefined) return undefined;
    return { ...candidate, hopLimit, flow: 1, packetLength: this.options.packetLength, purpose: FOR_SEARCH };
  }

  handleQueued(probe: Probe): void {
    this.queue.shift();
    this.waiting.add(probe);
  }

  /** @returns true where the target itself has answered, for the first time. */
  handleAnswer(probe: Probe, answer: Answer, target: IpAddress): boolean {
    this.waiting.delete(probe);
    const fromTarget = answer.kind === 'reply' || (answer.kind !== 'expired' && answer.from.equals(target));
    if (!fromTarget || this.found) return false;
    this.found = true;
    return true;
  }

  /** Gives those up that were waited for long enough. */
  overdue(now: Monotonic, wait: Nanoseconds): Probe[] {
    const late = [...this.waiting].filter(probe => probe.state !== 'sent' || deadlineOf(probe, wait) <= now);
    const overdue = late.filter(probe => probe.state !== 'queued');
    for (const probe of overdue) this.waiting.delete(probe);
    return overdue;
  }

  nextTimeout(wait: Nanoseconds): Monotonic | undefined {
    let earliest = Number.POSITIVE_INFINITY;
    for (const probe of this.waiting) {
      if (probe.state !== 'queued') earliest = Math.min(earliest, deadlineOf(probe, wait));
    }
    return earliest === Number.POSITIVE_INFINITY ? undefined : (earliest as Monotonic);
  }
}
