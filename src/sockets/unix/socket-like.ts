import { Duplex } from 'node:stream';
import { optionalFunction, requireNumber } from '../../io/argument-error.js';

/** setTimeout of node:timers takes no more. */
const LONGEST_MS = 2 ** 31 - 1;

/** What Node's http asks of a socket beside what a Duplex is. */
export class SocketLike extends Duplex {
  /** What `setTimeout` was given last. */
  timeout: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /**
   * Emits 'timeout' when nothing has been read or written for so many milliseconds; 0 ends that. As of a
   * net.Socket: nothing is closed by it, and it keeps no process alive.
   * @param callback a listener of the next 'timeout'; with 0 one that is no longer to be called.
   */
  setTimeout(timeout: number, callback?: () => void): this {
    requireNumber('timeout', timeout, 0, LONGEST_MS, 'ms');
    optionalFunction('callback', callback);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.destroyed) return this;
    this.timeout = timeout;
    if (timeout > 0) this.#timer = setTimeout(() => this.emit('timeout'), timeout).unref();
    if (callback !== undefined) this[timeout > 0 ? 'once' : 'off']('timeout', callback);
    return this;
  }

  /** Without effect: only TCP has it. */
  setNoDelay(_enable?: boolean): this {
    return this;
  }

  /** Without effect: only TCP has it. */
  setKeepAlive(_enable?: boolean, _initialDelay?: number): this {
    return this;
  }

  /** Something was read or written: the time-out begins anew. */
  protected active(): void {
    this.#timer?.refresh();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    callback(error);
  }
}
