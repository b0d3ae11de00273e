import type { Writable } from 'node:stream';

/** How much may wait for a slow reader before the writer waits too. */
const PENDING_LIMIT = 1 << 20;

/** Standard output or standard error: a terminal tells that it is one, and how wide. */
export type OutputStream = Writable & { isTTY?: boolean; columns?: number };

/**
 * Lines for standard output or standard error. What is written in one turn of the event loop leaves in one write, in
 * its check phase: nothing is held back that has happened, and a mass ping does not pay a system call a line.
 */
export class Output {
  readonly isTerminal: boolean;
  private readonly stream: OutputStream;
  private pending: string[] = [];
  private scheduled: NodeJS.Immediate | undefined;
  private readonly onClosed: (() => void) | undefined;
  private other: Output | undefined;
  private closed = false;
  /** Why nothing more can be written, a full disk for one. That nobody reads any more is no failure. */
  failure: Error | undefined;

  /** @param onClosed called once where nothing more can be written: nobody reads (`subsocket ... | head -1`), a full disk. */
  constructor(stream: OutputStream, onClosed?: () => void) {
    this.stream = stream;
    this.onClosed = onClosed;
    this.isTerminal = stream.isTTY === true;
    stream.on('error', error => this.close(error));
  }

  /** Its width in characters; 80 where it is no terminal, or one that does not tell. */
  get columns(): number {
    return this.stream.columns || 80;
  }

  /** What is written to both leaves in the order of writing: on a terminal it stands there so. */
  keepOrderWith(other: Output): void {
    this.other = other;
    other.other = this;
  }

  write(text: string): void {
    if (text === '') return;
    this.other?.flush();
    this.pending.push(text);
    this.scheduled ??= setImmediate(() => this.flush());
  }

  line(text: string): void {
    this.write(`${text}\n`);
  }

  /** Hands over what was written so far. */
  flush(): void {
    if (this.scheduled !== undefined) clearImmediate(this.scheduled);
    this.scheduled = undefined;
    const text = this.pending.join('');
    this.pending = [];
    if (text === '' || this.closed) return;
    try {
      this.stream.write(text);
    } catch (error) {
      // Node's stream over a file throws where others emit.
      this.close(error as Error);
    }
  }

  private close(error: NodeJS.ErrnoException): void {
    if (this.closed) return;
    this.closed = true;
    if (error.code !== 'EPIPE') this.failure = error;
    this.onClosed?.();
  }

  /** Undefined while the reader keeps up; else a promise of the moment when it has caught up. */
  backlog(): Promise<void> | undefined {
    if (this.closed || this.stream.writableLength < PENDING_LIMIT) return undefined;
    return this.drained();
  }

  /** Resolves when all of it has left the process, or nobody reads. */
  async drained(): Promise<void> {
    this.flush();
    if (this.closed) return;
    await new Promise<void>(resolve => {
      this.stream.once('error', () => resolve());
      this.stream.write('', () => resolve());
    });
  }
}
