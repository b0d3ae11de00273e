/**
 * After datagrams came, the socket is left alone for a while, so that one turn of the event loop takes all that come
 * meanwhile: what interface cards do with their interrupts (ethtool(8), --coalesce), for what a turn costs.
 */
export class Coalescing {
  /** The socket is not to be read yet. */
  resting = false;
  private timer: NodeJS.Timeout | undefined;
  private referenced = true;

  /**
   * @param delay milliseconds; 0: the socket is never left alone
   * @param onEnd reads the socket
   */
  constructor(
    private readonly delay: number,
    private readonly onEnd: () => void,
  ) {}

  /** All that waited was taken. */
  rest(): void {
    if (this.delay === 0) return;
    this.resting = true;
    this.timer = this.timer?.refresh() ?? setTimeout(() => this.end(), this.delay);
    this.reference(this.referenced);
  }

  /** Whether waiting keeps the process alive. */
  reference(on: boolean): void {
    this.referenced = on;
    if (on) this.timer?.ref();
    else this.timer?.unref();
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private end(): void {
    this.resting = false;
    this.onEnd();
  }
}
