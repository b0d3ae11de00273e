import type { Family } from '../../wire/ip-address.js';
import type { Monotonic, Realtime } from '../../wire/time.js';
import { regrown } from './ring-column.js';

/** What has become of a probe. `queued`: the kernel does not have it yet. From `answered` on, it is resolved. */
export const ProbeState = { queued: 0, pending: 1, answered: 2, lost: 3, failed: 4 } as const;
export type ProbeState = (typeof ProbeState)[keyof typeof ProbeState];

/** Beside the family: the destination is a multicast or broadcast address. */
const ANY_SOURCE = 0x80;

/**
 * What is remembered of each probe, in typed arrays used as a ring: about 60 bytes, and no object a probe. Probes are
 * numbered in the order of sending; those that are remembered are `capacity` successive numbers at most.
 */
export class ProbeColumns {
  /** A power of two. */
  protected capacity: number;
  private mask: number;
  private states: Uint8Array;
  private families: Uint8Array;
  private targets: Int32Array;
  private serials: Uint32Array;
  private ordinals: Uint32Array;
  private scopes: Uint32Array;
  private epochs: Uint32Array;
  private cookies: Int32Array;
  private addresses: Uint32Array;
  private sendTimes: Float64Array;
  private sendStamps: Float64Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.mask = capacity - 1;
    this.states = new Uint8Array(capacity);
    this.families = new Uint8Array(capacity);
    this.targets = new Int32Array(capacity);
    this.serials = new Uint32Array(capacity);
    this.ordinals = new Uint32Array(capacity);
    this.scopes = new Uint32Array(capacity);
    this.epochs = new Uint32Array(capacity);
    this.cookies = new Int32Array(2 * capacity);
    this.addresses = new Uint32Array(4 * capacity);
    this.sendTimes = new Float64Array(capacity);
    this.sendStamps = new Float64Array(capacity);
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

  /** The kernel's transmit stamp, and the epoch of the wall clock that it is of. */
  setSendStamp(probe: number, stamp: Realtime, epoch: number): void {
    const index = probe & this.mask;
    this.sendStamps[index] = stamp;
    this.epochs[index] = epoch;
  }

  state(probe: number): ProbeState {
    return (this.states[probe & this.mask] ?? ProbeState.lost) as ProbeState;
  }

  isUnresolved(probe: number): boolean {
    return this.state(probe) <= ProbeState.pending;
  }

  /** The target's index and serial: `TargetTable.get`. */
  target(probe: number): number {
    return this.targets[probe & this.mask] ?? 0;
  }

  serial(probe: number): number {
    return this.serials[probe & this.mask] ?? 0;
  }

  /** The target's own number for the probe: 1, 2, 3, ... */
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

  protected setState(probe: number, state: ProbeState): void {
    this.states[probe & this.mask] = state;
  }

  protected setSendTime(probe: number, at: Monotonic): void {
    this.sendTimes[probe & this.mask] = at;
  }

  /** A probe of which nothing is known yet. */
  protected clear(probe: number, target: number, serial: number, ordinal: number): void {
    const index = probe & this.mask;
    this.states[index] = ProbeState.queued;
    this.targets[index] = target;
    this.serials[index] = serial;
    this.ordinals[index] = ordinal;
    this.sendStamps[index] = Number.NaN;
  }

  /** Doubles the capacity of a ring that is full, the oldest probe being `first`. */
  protected grow(first: number): void {
    const from = first & this.mask;
    this.capacity *= 2;
    this.mask = this.capacity - 1;
    const to = first & this.mask;
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
