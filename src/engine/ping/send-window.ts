/** Never fewer probes in flight, however small this host's receive buffer is. */
const LEAST = 16;

/**
 * How many probes may be in flight, so that their replies fit this host's receive buffer: as many as the user allows,
 * half as many each time the kernel has dropped replies, and slowly more again (additive increase, multiplicative
 * decrease: RFC 5681 section 3.1).
 */
export class SendWindow {
  private size = Number.NaN;
  private drops = 0;
  /** Replies to wait for before drops may halve the window again: those that were in flight at the last time. */
  private quiet = 0;

  constructor(private readonly maximum: number) {
    this.size = maximum;
  }

  get limit(): number {
    return this.size;
  }

  /** @param drops datagrams dropped by this host so far */
  onReply(drops: number): void {
    if (this.quiet > 0) this.quiet--;
    if (drops !== this.drops) this.onDrops(drops);
    else if (this.size < this.maximum) this.size = Math.min(this.maximum, this.size + 1 / this.size);
  }

  private onDrops(drops: number): void {
    this.drops = drops;
    if (this.quiet > 0) return;
    this.size = Math.min(this.maximum, Math.max(LEAST, Math.floor(this.size / 2)));
    this.quiet = this.size;
  }
}
