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
  private closed = false;

  /** @param onClosed called once where nobody reads any more (EPIPE): `subsocket ... | head -1`. */
  constructor(stream: OutputStream, onClosed?: () => void) {
    this.stream = stream;
    this.isTerminal = stream.isTTY === true;
    stream.on('error', error => {
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
      if (!this.closed) onClosed?.();
      this.closed = true;
    });
  }

  /** Its width in characters; 80 where it is no terminal, or one that does not tell. */
  get columns(): number {
    return this.stream.columns || 80;
  }

  write(text: string): void {
    if (text === '') return;
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
    if (text !== '' && !this.closed) this.stream.write(text);
  }

  /** Undefined while the reader keeps up; else a promise of the moment when it has caught up. */
  backlog(): Promise<void> | undefined {
    if (this.closed || this.stream.writableLength < PENDING_LIMIT) return undefined;
    return this.drained();
  }

  /** Resolves when all of it has left the process, or nobody reads. */
  async drained(): Promise<void> {
    this.flush();
    if (this.closed || this.stream.writableLength === 0) return;
    await new Promise<void>(resolve => {
      this.stream.once('error', () => resolve());
      this.stream.write('', () => resolve());
    });
  }
}
