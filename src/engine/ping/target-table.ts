import { type Family, IpAddress } from '../../wire/ip-address.js';
import type { Monotonic } from '../../wire/time.js';
import type { RttStatistics } from '../statistics/rtt-statistics.js';
import { PingCounts } from './ping-counts.js';
import type { PingTarget } from './ping-options.js';

const NO_ADDRESS = IpAddress.parse('0.0.0.0');
/** Targets that are done and whose labels are still known. */
const LABELS_KEPT = 65_536;

/** A target being pinged. Objects are used again for later targets, so a million targets need no million of them. */
export class TargetState {
  /** Tells the targets apart that use one object after the other. 0: in use by none. */
  serial = 0;
  address = NO_ADDRESS;
  family: Family = 4;
  scopeId = 0;
  anySource = false;
  /** No more probes go to it, whatever comes of those that did. */
  abandoned = false;
  /** It is known that probes do not get through: the network has said so, or they are too long. */
  unreachable = false;
  /** Its round-trip times, from the first reply on; undefined where nobody asks for them. */
  statistics: RttStatistics | undefined;
  readonly counts = new PingCounts();
  // Doubles from the start, so that the fields never change their representation.
  startedAt = Number.NaN as Monotonic;
  lastAt = Number.NaN as Monotonic;
  sentAt = Number.NaN as Monotonic;
  dueAt = Number.NaN as Monotonic;
  private givenLabel: string | undefined;
  private text: string | undefined;

  constructor(readonly index: number) {}

  /** What the user wrote, or the address. */
  get label(): string {
    return this.givenLabel ?? this.addressText;
  }

  get addressText(): string {
    this.text ??= this.address.toString();
    return this.text;
  }

  assign(target: PingTarget, serial: number): void {
    const address = target.address.asDestination;
    this.serial = serial;
    this.address = address;
    this.givenLabel = target.label;
    this.family = address.family;
    this.scopeId = target.scopeId ?? 0;
    this.abandoned = false;
    this.unreachable = false;
    this.anySource = target.anySource === true || address.isMulticast || address.isBroadcast;
  }

  release(): void {
    this.serial = 0;
    this.address = NO_ADDRESS;
    this.givenLabel = undefined;
    this.text = undefined;
    this.startedAt = Number.NaN as Monotonic;
    this.counts.clear();
    this.statistics?.clear();
  }
}

/** The targets being pinged, by small numbers that are used again. */
export class TargetTable {
  private readonly targets: TargetState[] = [];
  private readonly unused: TargetState[] = [];
  private lastSerial = 0;
  /** A ring, by the lowest bits of the serial. */
  private readonly doneLabels: { serial: number; label: string }[] = [];

  /** @param keepLabels whether it will be asked who a target was that is done */
  constructor(private readonly keepLabels: boolean) {}

  get active(): number {
    return this.targets.length - this.unused.length;
  }

  /** Targets taken in so far. */
  get total(): number {
    return this.lastSerial;
  }

  add(target: PingTarget): TargetState {
    const state = this.unused.pop() ?? this.create();
    state.assign(target, ++this.lastSerial);
    return state;
  }

  at(index: number): TargetState | undefined {
    return this.targets[index];
  }

  /** The target with this number if it is still the one with this serial. */
  get(index: number, serial: number): TargetState | undefined {
    const target = this.targets[index];
    return target !== undefined && target.serial === serial ? target : undefined;
  }

  /** The target, where there is but one. */
  get only(): TargetState | undefined {
    return this.lastSerial === 1 ? this.get(0, 1) : undefined;
  }

  release(target: TargetState): void {
    if (this.keepLabels) this.keepLabel(target);
    target.release();
    this.unused.push(target);
  }

  /** What a target was called, until long after it is done; undefined then. */
  label(index: number, serial: number): string | undefined {
    const done = this.doneLabels[serial % LABELS_KEPT];
    return this.get(index, serial)?.label ?? (done?.serial === serial ? done.label : undefined);
  }

  *all(): IterableIterator<TargetState> {
    for (const target of this.targets) if (target.serial !== 0) yield target;
  }

  private keepLabel({ serial, label }: TargetState): void {
    this.doneLabels[serial % LABELS_KEPT] = { serial, label };
  }

  private create(): TargetState {
    const target = new TargetState(this.targets.length);
    this.targets.push(target);
    return target;
  }
}
