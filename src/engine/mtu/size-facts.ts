/** A report of a packet that was too big, whose quote was of a probe of ours. */
export interface MtuReport {
  size: number;
  from: string;
  mtu: number;
  /** The MTU it gives is below the packet's size, and not below what every link takes. */
  credible: boolean;
  /** The target has answered the very packet: the report was a lie. */
  refuted: boolean;
  /** Round in which it came. */
  round: number;
  quotedHopLimit: number;
  replyHopLimit: number;
}

/** What is known of packets of one size. */
interface SizeRecord {
  fits: boolean;
  /** Round in which one of them last got through. */
  fitRound: number;
  sent: number;
  /** Lost since one got through, and in all. */
  lost: number;
  lostInAll: number;
  reports: MtuReport[];
}

export type Verdict = 'fits' | 'too-big' | 'silent' | 'unknown';

/** Reports that contradict what got through are believed from the second on: paths of different MTU. */
const REPORTS_TO_CAP = 2;
/** How unlikely it has to be that so many probes were lost by chance. */
const CHANCE = 1e-4;
const LEAST_LOSS = 0.02;
const LEAST_LOST = 3;

/** All that probes have shown about sizes, the newest evidence before the older. */
export class SizeFacts {
  private readonly records = new Map<number, SizeRecord>();
  private readonly fitsSeen: { size: number; round: number }[] = [];
  /** Rounds that have begun. */
  round = 0;

  addSent(size: number): void {
    this.recordOf(size).sent++;
  }

  addFit(size: number): void {
    const record = this.recordOf(size);
    record.fits = true;
    record.fitRound = this.round;
    record.lost = 0;
    this.fitsSeen.push({ size, round: this.round });
  }

  addLost(size: number): void {
    const record = this.recordOf(size);
    record.lost++;
    record.lostInAll++;
    if (record.fits && record.lost >= this.lossesNeeded) this.forgetFits(record);
  }

  /** What got through does so no more: the path has changed, and what was seen of it before it did is not known any more. */
  private forgetFits(changed: SizeRecord): void {
    changed.fits = false;
    for (const record of this.records.values()) {
      if (record.fitRound < this.round - 1) record.fits = false;
    }
  }

  /** The probe was not lost because of its size, or not lost at all. */
  takeBackLost(size: number): void {
    const record = this.recordOf(size);
    record.lost = Math.max(0, record.lost - 1);
    record.lostInAll = Math.max(0, record.lostInAll - 1);
  }

  addReport(report: MtuReport): void {
    const record = this.recordOf(report.size);
    record.reports.push(report);
    record.fits = false;
  }

  /** Packets of this size were sent, got through or not. */
  isKnown(size: number): boolean {
    return this.verdict(size) !== 'unknown';
  }

  verdict(size: number): Verdict {
    const record = this.records.get(size);
    if (record === undefined) return 'unknown';
    if (size > this.cap) return 'too-big';
    if (record.fits) return 'fits';
    if (reportsOf(record).length > 0) return 'too-big';
    return record.lost > 0 ? 'silent' : 'unknown';
  }

  /** The largest known size for which `passes` holds; 0 where there is none. */
  largest(passes: (verdict: Verdict) => boolean, most: number): number {
    return this.sizes.reduce(
      (best, size) => (size <= most && size > best && passes(this.verdict(size)) ? size : best),
      0,
    );
  }

  /** The smallest known size above `lower` for which `fails` holds; undefined where there is none. */
  smallest(fails: (verdict: Verdict) => boolean, lower: number): number | undefined {
    const capped = this.cap + 1;
    const found = this.sizes.filter(size => size > lower && fails(this.verdict(size)));
    if (lower < capped && capped !== Number.POSITIVE_INFINITY && fails('too-big')) found.push(capped);
    return found.length === 0 ? undefined : Math.min(...found);
  }

  /** So much gets through on one path and not on another. */
  get cap(): number {
    const groups = new Map<string, number>();
    let cap = Number.POSITIVE_INFINITY;
    for (const report of this.reports) {
      if (!report.credible || !this.contradicts(report)) continue;
      const { from, mtu } = report;
      const key = `${from} ${mtu}`;
      const count = (groups.get(key) ?? 0) + 1;
      groups.set(key, count);
      if (count >= REPORTS_TO_CAP) cap = Math.min(cap, mtu);
    }
    return cap;
  }

  /** Reports that nothing has refuted, of all sizes. */
  get reports(): MtuReport[] {
    return [...this.records.values()].flatMap(reportsOf);
  }

  reportsOf(size: number): MtuReport[] {
    const record = this.records.get(size);
    return record === undefined ? [] : reportsOf(record);
  }

  lostOf(size: number): number {
    return this.records.get(size)?.lost ?? 0;
  }

  fitRoundOf(size: number): number {
    return this.records.get(size)?.fitRound ?? -1;
  }

  /** Sizes of which nothing is known but that they were lost. */
  get silentSizes(): number[] {
    return this.sizes.filter(size => this.verdict(size) === 'silent');
  }

  /** So many losses in a row are no chance, at the rate at which packets are lost that do fit. */
  get lossesNeeded(): number {
    let sent = 0;
    let lost = 0;
    for (const record of this.records.values()) {
      if (!record.fits) continue;
      sent += record.sent;
      lost += record.lostInAll;
    }
    const rate = Math.min(0.5, Math.max(LEAST_LOSS, (lost + 0.2) / (sent + 1)));
    return Math.max(LEAST_LOST, Math.ceil(Math.log(CHANCE) / Math.log(rate)));
  }

  /** A packet as large had got through when it came. */
  private contradicts({ size, round }: MtuReport): boolean {
    return this.fitsSeen.some(fit => fit.size >= size && fit.round <= round);
  }

  private get sizes(): number[] {
    return [...this.records.keys()];
  }

  private recordOf(size: number): SizeRecord {
    const known = this.records.get(size);
    if (known !== undefined) return known;
    const record: SizeRecord = { fits: false, fitRound: -1, sent: 0, lost: 0, lostInAll: 0, reports: [] };
    this.records.set(size, record);
    return record;
  }
}

function reportsOf({ reports }: SizeRecord): MtuReport[] {
  return reports.filter(({ refuted }) => !refuted);
}
