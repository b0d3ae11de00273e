import type { ConnectAttempt } from './attempt.js';

/** How attempts follow one another. */
export interface RaceRules {
  /** Begins the attempt on the next candidate; undefined when there is none left. May throw: that attempt has failed. */
  next(): ConnectAttempt | undefined;
  /** Milliseconds that an attempt runs alone before the next is begun beside it (RFC 8305 section 5). */
  attemptDelay: number;
  /** Ends the race: every attempt is closed. */
  signal: AbortSignal;
  /** Whether an error of beginning an attempt ends the race, because no other candidate would fare better. */
  isFatal(error: unknown): boolean;
}

/**
 * Races attempts until one is established, and closes the others.
 * @returns the established socket's descriptor, which is the caller's to close.
 * @throws the error of the only attempt, an AggregateError of several, or the signal's reason.
 */
export function raceAttempts(rules: RaceRules): Promise<number> {
  return new Promise((resolve, reject) => {
    new Race(rules, resolve, reject).start();
  });
}

class Race {
  private readonly running = new Set<ConnectAttempt>();
  private readonly errors: unknown[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly rules: RaceRules,
    private readonly resolve: (descriptor: number) => void,
    private readonly reject: (reason: unknown) => void,
  ) {}

  start(): void {
    if (this.rules.signal.aborted) {
      this.abort();
      return;
    }
    this.rules.signal.addEventListener('abort', this.abort);
    this.begin();
  }

  /** Begins the next attempt; those that cannot even begin are passed over. */
  private readonly begin = (): void => {
    clearTimeout(this.timer);
    for (;;) {
      try {
        const attempt = this.rules.next();
        if (attempt !== undefined) this.follow(attempt);
        else if (this.running.size === 0) this.fail(together(this.errors));
        return;
      } catch (error) {
        if (this.rules.isFatal(error)) {
          this.fail(error);
          return;
        }
        this.errors.push(error);
      }
    }
  };

  private follow(attempt: ConnectAttempt): void {
    this.running.add(attempt);
    this.timer = setTimeout(this.begin, this.rules.attemptDelay);
    attempt.established.then(
      descriptor => {
        if (!this.running.delete(attempt)) return;
        attempt.release();
        this.end();
        this.resolve(descriptor);
      },
      (error: unknown) => {
        if (!this.running.delete(attempt)) return;
        this.errors.push(error);
        this.begin();
      },
    );
  }

  private readonly abort = (): void => this.fail(this.rules.signal.reason);

  private fail(reason: unknown): void {
    this.end();
    this.reject(reason);
  }

  private end(): void {
    clearTimeout(this.timer);
    this.rules.signal.removeEventListener('abort', this.abort);
    for (const attempt of this.running) attempt.close();
    this.running.clear();
  }
}

/** One error as it is; several as Node's own connect gives them, with the first one's code. */
function together(errors: readonly unknown[]): unknown {
  const [first] = errors;
  if (errors.length === 1) return first;
  const message = errors.map(error => (error instanceof Error ? error.message : String(error))).join('; ');
  return Object.assign(new AggregateError(errors, message), {
    code: (first as NodeJS.ErrnoException | undefined)?.code,
  });
}
