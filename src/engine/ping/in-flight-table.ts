import type { Monotonic, Nanoseconds } from '../../wire/time.js';
import { ProbeColumns, ProbeState } from './probe-columns.js';

export { ProbeState } from './probe-columns.js';

/** No such probe. */
export const NO_PROBE = -1;

const SEQUENCES = 0x10000;
const FIRST_CAPACITY = 1024;
/** Resolved probes are remembered at least until so many others were sent, to know their duplicates by. */
const KEPT = 65_536;
const DEFAULT_LIMIT = 2 ** 20;

/**
 * The probes on their way, and those that were lately. A ring in the order of sending is enough, because all probes
 * expire in that order and nearly all are resolved in it.
 *
 * Probes are numbered 0, 1, 2, ...; the sequence on the wire is the lowest 16 bits of the number plus 1. So the probes
 * that an answer's sequence may mean are 65,536 apart, and nothing has to be searched; which of them it is, source and
 * cookie tell.
 */
export class InFlightTable extends ProbeColumns {
  private first: number;
  private next: number;
  private unresolved = 0;
  /** No probe before this one is unresolved. */
  private cursor: number;
  /** Probes before this one are too old for an answer to be likely, and so many of them are unresolved. */
  private agedEnd: number;
  private agedUnresolved = 0;

  /**
   * @param keepLost how long after sending a lost probe is remembered at least, so that its late reply is known
   * @param limit the most probes remembered at a time, a power of two
   * @param firstProbe where numbering begins
   */
  constructor(
    private readonly keepLost: Nanoseconds,
    private readonly limit = DEFAULT_LIMIT,
    firstProbe = 0,
  ) {
    super(Math.min(limit, FIRST_CAPACITY));
    this.first = firstProbe;
    this.next = firstProbe;
    this.cursor = firstProbe;
    this.agedEnd = firstProbe;
  }

  /** Probes that are neither answered nor lost nor failed. */
  get pending(): number {
    return this.unresolved;
  }

  holds(probe: number): boolean {
    return probe >= this.first && probe < this.next;
  }

  /** Whether there is room for another probe at `now`: where there is none, makes some by growing or forgetting. */
  hasRoom(now: Monotonic): boolean {
    return this.next - this.first < this.capacity || this.makeRoom(now);
  }

  /** Takes a probe in, queued; there is room. The caller adds destination and cookie. */
  add(target: number, serial: number, ordinal: number): number {
    const probe = this.next++;
    this.clear(probe, target, serial, ordinal);
    this.unresolved++;
    return probe;
  }

  /** The kernel has it: time runs from here. It may be resolved already, by an error that was known before. */
  setSent(probe: number, at: Monotonic): void {
    this.setSendTime(probe, at);
    if (this.state(probe) === ProbeState.queued) this.setState(probe, ProbeState.pending);
  }

  /** Settles an unresolved probe, or changes how a resolved one ended. */
  resolve(probe: number, state: ProbeState): void {
    if (this.isUnresolved(probe)) {
      this.unresolved--;
      if (probe < this.agedEnd) this.agedUnresolved--;
    }
    this.setState(probe, state);
  }

  /** The sequence that the probe has on the wire. */
  sequence(probe: number): number {
    return (probe + 1) & (SEQUENCES - 1);
  }

  /** The newest remembered probe of whose number these are the lowest 32 bits. */
  withNumber(number: number): number {
    const probe = this.next - 1 - ((this.next - 1 - number) >>> 0);
    return probe >= this.first ? probe : NO_PROBE;
  }

  /** The newest remembered probe that has this sequence on the wire. */
  newestWithSequence(sequence: number): number {
    const back = (this.next - sequence) & (SEQUENCES - 1);
    const probe = this.next - 1 - back;
    return probe >= this.first ? probe : NO_PROBE;
  }

  /** The next older remembered probe with the same sequence on the wire. */
  olderWithSequence(probe: number): number {
    return probe - SEQUENCES >= this.first ? probe - SEQUENCES : NO_PROBE;
  }

  oldestUnresolved(): number {
    while (this.cursor < this.next && !this.isUnresolved(this.cursor)) this.cursor++;
    return this.cursor < this.next ? this.cursor : NO_PROBE;
  }

  /** How many unresolved probes were sent after `since`: those for which an answer is still likely. */
  pendingSince(since: Monotonic): number {
    while (this.agedEnd < this.next && this.isAged(this.agedEnd, since)) {
      if (this.isUnresolved(this.agedEnd)) this.agedUnresolved++;
      this.agedEnd++;
    }
    return this.unresolved - this.agedUnresolved;
  }

  /** The probe by which `pendingSince` will next shrink. */
  get nextToAge(): number {
    return this.agedEnd < this.next ? this.agedEnd : NO_PROBE;
  }

  private isAged(probe: number, since: Monotonic): boolean {
    const state = this.state(probe);
    return state !== ProbeState.queued && (state !== ProbeState.pending || this.sentAt(probe) <= since);
  }

  private makeRoom(now: Monotonic): boolean {
    const unresolved = this.isUnresolved(this.first);
    const worthKeeping = unresolved || this.capacity < KEPT || this.isLostLately(this.first, now);
    if (worthKeeping && this.capacity < this.limit) this.grow(this.first);
    else if (unresolved) return false;
    else this.forgetOldest();
    return true;
  }

  private isLostLately(probe: number, now: Monotonic): boolean {
    return this.state(probe) === ProbeState.lost && now - this.sentAt(probe) < this.keepLost;
  }

  private forgetOldest(): void {
    this.first++;
    this.cursor = Math.max(this.cursor, this.first);
    this.agedEnd = Math.max(this.agedEnd, this.first);
  }
}
