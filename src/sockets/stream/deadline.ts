import { ArgumentError, requireSignal } from '../../io/argument-error.js';
import { type SystemCallDetails, SystemCallError } from '../../io/errors.js';
import { LINUX } from '../../wire/constants.generated.js';

/** What ends an operation before it is done. */
export interface DeadlineOptions {
  /** Milliseconds. */
  timeout?: number;
  signal?: AbortSignal;
}

const TIMEOUT_MAX = 2 ** 31 - 1;

/** Milliseconds above 0 or undefined, or a refusal by name. */
export function requireTimeout(argument: string, value: unknown): void {
  if (value === undefined || (typeof value === 'number' && value > 0 && value <= TIMEOUT_MAX)) return;
  throw new ArgumentError(argument, value, `milliseconds above 0, up to ${TIMEOUT_MAX}`);
}

/** A signal that ends with the caller's, and after a timeout with ETIMEDOUT; both are let go by `end`. */
export class Deadline {
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly outer: AbortSignal | undefined;

  /** @param about what the operation is about, for the error. @throws ArgumentError for a timeout that is none. */
  constructor({ timeout, signal }: DeadlineOptions, syscall: string, about: SystemCallDetails) {
    requireTimeout('timeout', timeout);
    this.signal = this.controller.signal;
    this.outer = requireSignal(signal);
    const details = { ...about, advice: `not done after ${timeout} ms` };
    const expire = () => this.controller.abort(new SystemCallError(LINUX.ETIMEDOUT, syscall, details));
    this.timer = timeout === undefined ? undefined : setTimeout(expire, timeout);
    if (signal?.aborted) this.forward();
    signal?.addEventListener('abort', this.forward);
  }

  /** Waits for something that cannot be stopped, but not longer than the signal lets. */
  wait<Value>(promise: Promise<Value>): Promise<Value> {
    this.signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const abort = () => reject(this.signal.reason);
      this.signal.addEventListener('abort', abort, { once: true });
      promise.then(resolve, reject).finally(() => this.signal.removeEventListener('abort', abort));
    });
  }

  end(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener('abort', this.forward);
  }

  private readonly forward = (): void => this.controller.abort(this.outer?.reason);
}
