import type { Family } from '../../wire/ip-address.js';
import type { Monotonic, Nanoseconds, Realtime } from '../../wire/time.js';
import { regrown } from './ring-column.js';

/** What has become of a probe. `queued`: the kernel does not have it yet. From `answered` on, it is resolved. */
export const ProbeState = { queued: 0, pending: 1, answered: 2, lost: 3, failed: 4 } as const;
export type ProbeState = (typeof ProbeState)[keyof typeof ProbeState];

/** No such probe; no room. */
export const NO_PROBE = -1;

const SEQUENCES = 0x10000;
/** Beside the family: the destination is a multicast or broadcast address. */
const ANY_SOURCE = 0x80;
const FIRST_CAPACITY = 1024;
/** Resolved probes are kept at least until so many others were sent, to know their duplicates by. */
const KEPT = 65_536;
const DEFAULT_LIMIT = 2 ** 20;

/**
 * The probes on their way, and those that were lately: typed arrays used as a ring in the order of sending, because nearly
 * all are resolved in that order and all expire in it. No object is made a probe.
 *
 * Probes are numbered 0, 1, 2, ...; the sequence on the wire is the lowest 16 bits of the number plus 1. So the probes
 * that an answer's sequence may mean are 65,536 apart, and nothing has to be searched; which of them it is, source and
 * cookie tell.
 */
export class InFlightTable {
  private first: number;
  private next: number;
  private capacity: number;
  private mask: number;
  private readonly limit: number;
  private unresolved = 0;
  /** No probe before this one is unresolved. */
  private cursor: number;
  /** Probes before this one are too old for an answer to be likely, and so many of them are unresolved. */
  private agedEnd: number;
  private agedUnresolved = 0;

  private states = new Uint8Array(FIRST_CAPACITY);
  private families = new Uint8Array(FIRST_CAPACITY);
  private targets = new Int32Array(FIRST_CAPACITY);
  private serials = new Uint32Array(FIRST_CAPACITY);
  private ordinals = new Uint32Array(FIRST_CAPACITY);
  private scopes = new Uint32Array(FIRST_CAPACITY);
  private epochs = new Uint32Array(FIRST_CAPACITY);
  private cookies = new Int32Array(2 * FIRST_CAPACITY);
  private addresses = new Uint32Array(4 * FIRST_CAPACITY);
  private sendTimes = new Float64Array(FIRST_CAPACITY);
  private sendStamps = new Float64Array(FIRST_CAPACITY);

  /**
   * @param keepLost how long after sending a lost probe is remembered, so that its late reply is known
   * @param limit the most slots (a power of two); about 60 bytes each
   * @param firstProbe where numbering begins
   */
  constructor(
    private readonly keepLost: Nanoseconds,
    limit = DEFAULT_LIMIT,
    firstProbe = 0,
  ) {
    this.limit = limit;
    this.capacity = FIRST_CAPACITY;
    this.mask = FIRST_CAPACITY - 1;
    this.first = firstProbe;
    this.next = firstProbe;
    this.cursor = firstProbe;
    this.agedEnd = firstProbe;
  }

  /** Probes that are neither answered nor lost nor failed. */
  get pending(): number {
    return this.unresolved;
  }

  /** The oldest probe that is remembered, and the number after the newest. */
  get oldest(): number {
    return this.first;
  }

  get end(): number {
    return this.next;
  }

  /** Whether `add` would find room at `now`. */
  hasRoom(now: Monotonic): boolean {
    return this.next - this.first < this.capacity || this.makeRoom(now);
  }

  /**
   * Takes a probe in, queued. The caller has asked `hasRoom`, and writes address and cookie through the methods below.
   * @param ordinal the target's own number for it: 1, 2, 3, ...
   */
  add(target: number, serial: number, ordinal: number): number {
    const probe = this.next++;
    const index = probe & this.mask;
    this.states[index] = ProbeState.queued;
    this.targets[index] = target;
    this.serials[index] = serial;
    this.ordinals[index] = ordinal;
    this.sendStamps[index] = Number.NaN;
    this.unresolved++;
    return probe;
  }

  setDestination(probe: number, family: Family, words: Uint32Array, scopeId: number, anySource: boolean): void {
    const index = probe & this.mask;
    const { addresses } = this;
    this.families[index] = anySource ? family | ANY_SOURCE : family;
    this.scopes[index] = scopeId;
    addresses[4 * index] = words[0] ?? 0;
    addresses[4 * index + 1] = words[1] ?? 0;
    addresses[4 * index + 2] = words[2] ?? 0;
    addresses[4 * index + 3] = words[3] ?? 0;
  }

  setCookie(probe: number, high: number, low: number): void {
    const index = 2 * (probe & this.mask);
    this.cookies[index] = high;
    this.cookies[index + 1] = low;
  }

  /** The kernel has it: time runs from here. */
  setSent(probe: number, at: Monotonic): void {
    const index = probe & this.mask;
    if (this.states[index] !== ProbeState.queued) return;
    this.states[index] = ProbeState.pending;
    this.sendTimes[index] = at;
  }

  setSendStamp(probe: number, stamp: Realtime, epoch: number): void {
    const index = probe & this.mask;
    this.sendStamps[index] = stamp;
    this.epochs[index] = epoch;
  }

  /** Settles an unresolved probe, or changes how a resolved one ended. */
  resolve(probe: number, state: ProbeState): void {
    const index = probe & this.mask;
    if (this.isUnresolved(probe)) {
      this.unresolved--;
      if (probe < this.agedEnd) this.agedUnresolved--;
    }
    this.states[index] = state;
  }

  holds(probe: number): boolean {
    return probe >= this.first && probe < this.next;
  }

  isUnresolved(probe: number): boolean {
    return this.state(probe) <= ProbeState.pending;
  }

  state(probe: number): ProbeState {
    return (this.states[probe & this.mask] ?? ProbeState.lost) as ProbeState;
  }

  target(probe: number): number {
    return this.targets[probe & this.mask] ?? 0;
  }

  serial(probe: number): number {
    return this.serials[probe & this.mask] ?? 0;
  }

  ordinal(probe: number): number {
    return this.ordinals[probe & this.mask] ?? 0;
  }

  sentAt(probe: number): Monotonic {
    return (this.sendTimes[probe & this.mask] ?? 0) as Monotonic;
  }

  /** NaN where no stamp came. */
  sendStamp(probe: number): Realtime {
    return (this.sendStamps[probe & this.mask] ?? Number.NaN) as Realtime;
  }

  sendEpoch(probe: number): number {
    return this.epochs[probe & this.mask] ?? 0;
  }

  /** The sequence that the probe has on the wire. */
  sequence(probe: number): number {
    return (probe + 1) & (SEQUENCES - 1);
  }

  cookieHigh(probe: number): number {
    return this.cookies[2 * (probe & this.mask)] ?? 0;
  }

  cookieLow(probe: number): number {
    return this.cookies[2 * (probe & this.mask) + 1] ?? 0;
  }

  /** Whether the probe was sent to this address. */
  isDestination(probe: number, family: Family, words: Uint32Array): boolean {
    const { addresses } = this;
    const index = probe & this.mask;
    return (
      addresses[4 * index + 3] === words[3] &&
      addresses[4 * index] === words[0] &&
      addresses[4 * index + 1] === words[1] &&
      addresses[4 * index + 2] === words[2] &&
      ((this.families[index] ?? 0) & ~ANY_SOURCE) === family
    );
  }

  /** Whether a reply from this address answers the probe: it was sent there, or to many at once. */
  isAnsweredBy(probe: number, family: Family, words: Uint32Array, scopeId: number): boolean {
    const index = probe & this.mask;
    if (this.families[index] === (family | ANY_SOURCE)) return true;
    const scope = this.scopes[index];
    return this.isDestination(probe, family, words) && (scope === scopeId || scope === 0 || scopeId === 0);
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

  /** The oldest unresolved probe. */
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

  /** Forgets the oldest probe or, as long as it is still worth remembering, grows. */
  private makeRoom(now: Monotonic): boolean {
    const unresolved = this.isUnresolved(this.first);
    const worthKeeping = unresolved || this.capacity < KEPT || this.isLately(this.first, now);
    if (worthKeeping && this.capacity < this.limit) this.grow();
    else if (unresolved) return false;
    else this.forgetOldest();
    return true;
  }

  private isLately(probe: number, now: Monotonic): boolean {
    return this.state(probe) === ProbeState.lost && now - this.sentAt(probe) < this.keepLost;
  }

  private forgetOldest(): void {
    this.first++;
    if (this.cursor < this.first) this.cursor = this.first;
    if (this.agedEnd < this.first) this.agedEnd = this.first;
  }

  private grow(): void {
    const from = this.first & this.mask;
    this.capacity *= 2;
    this.mask = this.capacity - 1;
    const to = this.first & this.mask;
    this.states = regrown(this.states, from, to, 1);
    this.families = regrown(this.families, from, to, 1);
    this.targets = regrown(this.targets, from, to, 1);
    this.serials = regrown(this.serials, from, to, 1);
    this.ordinals = regrown(this.ordinals, from, to, 1);
    this.scopes = regrown(this.scopes, from, to, 1);
    this.epochs = regrown(this.epochs, from, to, 1);
    this.cookies = regrown(this.cookies, from, to, 2);
    this.addresses = regrown(this.addresses, from, to, 4);
    this.sendTimes = regrown(this.sendTimes, from, to, 1);
    this.sendStamps = regrown(this.sendStamps, from, to, 1);
  }
}
