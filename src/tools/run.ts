import { EventStream } from './event-stream.js';

/** The work of one run, as its tool does it. */
export interface Session<Event, Result> {
  /** Does it all and gives its end. Called once; the events go to the stream, if there is one. */
  run(stream: EventStream<Event> | undefined): Promise<Result>;
  /** Ends the run early, with what is known. */
  stop(): void;
  /** The consumer has taken what was waiting. */
  wake(): void;
}

/**
 * One run of a tool: its events as an async iterable, and its end as a promise. Nothing happens before one of the two is
 * asked for. Leaving the iteration ends the run and closes its sockets.
 */
export class Run<Event, Result> implements AsyncIterable<Event> {
  private running: Promise<Result> | undefined;

  constructor(private readonly session: Session<Event, Result>) {}

  /** Begins the run. It can be iterated once, and from its beginning. */
  [Symbol.asyncIterator](): AsyncIterator<Event> {
    if (this.running !== undefined) throw new Error('this run has begun already; iterate it before asking for its end');
    const stream = new EventStream<Event>(
      () => this.session.stop(),
      () => this.session.wake(),
    );
    this.running = this.session.run(stream);
    this.running.then(
      () => stream.end(),
      error => stream.end({ error }),
    );
    return stream;
  }

  /** Ends the run early, with what is known; where nothing was sent yet, it rejects with an AbortError. */
  stop(): void {
    this.session.stop();
  }

  /** The end of the run. Begins it if nothing iterates it; no event is made then. */
  protected end(): Promise<Result> {
    this.running ??= this.session.run(undefined);
    return this.running;
  }
}
