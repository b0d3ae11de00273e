import { readNumberedDatagram } from '../../wire/numbered-datagram.js';
import { type Monotonic, NANOSECONDS_PER_SECOND } from '../../wire/time.js';
import { SequenceTracker, type SequenceVerdict } from './sequence-tracker.js';

/** Senders kept apart; the datagrams of more are not counted by sender, so that forged sources cost no memory. */
const MOST_SENDERS = 10_000;

/** What was received of one sender. */
export interface SenderFigures {
  /** Source address and port. */
  address: string;
  port: number;
  received: number;
  bytes: number;
  /** Datagrams and bytes a second since the last report, or the beginning; in the summary, of those behind the first until the last. */
  rate: number;
  byteRate: number;
  /** Hop limits that arrived; null where the kernel did not tell. */
  hopLimit: { min: number; max: number } | null;
  /** Of numbered datagrams: null where the sender does not number them. */
  lost: number | null;
  duplicates: number | null;
  reordered: number | null;
}

/** What the ledger needs to know of a datagram. */
export interface LedgerEntry {
  address: string;
  port: number;
  length: number;
  payload: Uint8Array;
  hopLimit: number | undefined;
}

interface Sender {
  address: string;
  port: number;
  received: number;
  bytes: number;
  /** The datagram from which the summary's time runs. */
  first: { at: Monotonic; bytes: number };
  last: Monotonic;
  /** What the last report told, or nothing. */
  reported: { received: number; bytes: number };
  minimumHops: number;
  maximumHops: number;
  tracker: SequenceTracker | undefined;
}

/** What a datagram was to its sender's account. */
export interface LedgerVerdict {
  /** The first datagram of this sender. */
  isNew: boolean;
  /** Undefined where the datagram has no number. */
  sequence: SequenceVerdict | undefined;
}

/** Accounts of the senders of a group. Time is an argument. */
export class SenderLedger {
  private readonly senders = new Map<string, Sender>();

  /** @param reportedAt when counting began; then when the last report was made. */
  constructor(private reportedAt: Monotonic) {}

  /** Enters a datagram. @returns undefined where there are more senders than are kept apart. */
  enter(entry: LedgerEntry, now: Monotonic): LedgerVerdict | undefined {
    const key = `${entry.address} ${entry.port}`;
    const known = this.senders.get(key);
    if (known === undefined && this.senders.size >= MOST_SENDERS) return undefined;
    const sender = known ?? createSender(entry, now);
    this.senders.set(key, sender);
    sender.received++;
    sender.bytes += entry.length;
    sender.last = now;
    if (entry.hopLimit !== undefined) {
      sender.minimumHops = Math.min(sender.minimumHops, entry.hopLimit);
      sender.maximumHops = Math.max(sender.maximumHops, entry.hopLimit);
    }
    return { isNew: known === undefined, sequence: track(sender, entry.payload) };
  }

  /** Every sender's figures, with rates since the last report. */
  report(now: Monotonic): SenderFigures[] {
    const span = now - this.reportedAt;
    this.reportedAt = now;
    return [...this.senders.values()].map(sender => {
      const { received, bytes } = sender.reported;
      sender.reported = { received: sender.received, bytes: sender.bytes };
      return figures(sender, sender.received - received, sender.bytes - bytes, span);
    });
  }

  /** Every sender's figures, with rates from its first datagram to its last. */
  summary(): SenderFigures[] {
    return [...this.senders.values()].map(sender =>
      figures(sender, sender.received - 1, sender.bytes - sender.first.bytes, sender.last - sender.first.at),
    );
  }
}

function createSender({ address, port, length }: LedgerEntry, now: Monotonic): Sender {
  return {
    address,
    port,
    received: 0,
    bytes: 0,
    first: { at: now, bytes: length },
    last: now,
    reported: { received: 0, bytes: 0 },
    minimumHops: Number.POSITIVE_INFINITY,
    maximumHops: -1,
    tracker: undefined,
  };
}

function track(sender: Sender, payload: Uint8Array): SequenceVerdict | undefined {
  const numbered = readNumberedDatagram(payload);
  if (numbered === undefined) return undefined;
  sender.tracker ??= new SequenceTracker();
  return sender.tracker.take(numbered.stream, numbered.sequence);
}

function figures(sender: Sender, count: number, bytes: number, span: number): SenderFigures {
  const { address, port, received, tracker, minimumHops, maximumHops } = sender;
  const perSecond = (amount: number): number => (span > 0 ? (amount / span) * NANOSECONDS_PER_SECOND : 0);
  return {
    address,
    port,
    received,
    bytes: sender.bytes,
    rate: perSecond(count),
    byteRate: perSecond(bytes),
    hopLimit: maximumHops < 0 ? null : { min: minimumHops, max: maximumHops },
    lost: tracker?.lost ?? null,
    duplicates: tracker?.duplicates ?? null,
    reordered: tracker?.reordered ?? null,
  };
}
