import type { ChildProcess } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { ended, runNow, start } from './command.js';

/** How long the kernel may take to make a namespace before something must be wrong. */
const PATIENCE_MS = 10_000;

/**
 * A network namespace, held open by a process that ends as soon as its input does: so it goes with all its interfaces
 * when this process ends, however it ends, and none has a name that could remain.
 */
export class Namespace {
  private readonly holder: ChildProcess;

  constructor() {
    this.holder = start(['unshare', '--net', 'cat'], { stdio: ['pipe', 'ignore', 'ignore'] });
    this.holder.unref();
    (this.holder.stdin as unknown as { unref(): void }).unref();
    this.awaitUnshared();
  }

  /** The holder's process id, by which ip(8) names the namespace. */
  get pid(): number {
    const { pid } = this.holder;
    if (pid === undefined) throw new Error('unshare(1) could not be started');
    return pid;
  }

  /** The words before a command that make it run in here. */
  get entrance(): string[] {
    return ['nsenter', `--net=/proc/${this.pid}/ns/net`, '--'];
  }

  /** Runs a short program in here. @throws Error where it fails. */
  run(words: readonly string[], input?: string): string {
    return runNow([...this.entrance, ...words], input);
  }

  async close(): Promise<void> {
    this.holder.kill('SIGKILL');
    await ended(this.holder);
  }

  /** The holder starts in our namespace and moves to its own a moment later. */
  private awaitUnshared(): void {
    const ours = readlinkSync('/proc/self/ns/net');
    const deadline = performance.now() + PATIENCE_MS;
    const pause = new Int32Array(new SharedArrayBuffer(4));
    while (readlinkSync(`/proc/${this.pid}/ns/net`) === ours) {
      if (performance.now() > deadline) throw new Error('no network namespace can be made here (unshare --net)');
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}
