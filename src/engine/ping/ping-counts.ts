/** What happened to the probes of one target, or of all. sent = received + lost + pending holds at every moment. */
export class PingCounts {
  sent = 0;
  received = 0;
  /** Timed out, reported undeliverable, or refused by this host. */
  lost = 0;
  duplicates = 0;
  late = 0;
  corrupted = 0;
  foreign = 0;
  errors = 0;

  get pending(): number {
    return this.sent - this.received - this.lost;
  }

  get loss(): number {
    return this.sent === 0 ? 0 : this.lost / this.sent;
  }

  /** Whether every probe was answered once, by a whole reply, in time. */
  get clean(): boolean {
    return this.lost + this.duplicates + this.late + this.corrupted + this.foreign + this.errors === 0;
  }

  clear(): void {
    this.sent = 0;
    this.received = 0;
    this.lost = 0;
    this.duplicates = 0;
    this.late = 0;
    this.corrupted = 0;
    this.foreign = 0;
    this.errors = 0;
  }
}
