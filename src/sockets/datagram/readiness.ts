import { type NativePoller, native, UV_PRIORITIZED, UV_READABLE, UV_WRITABLE } from '../../io/native.js';

/** Called by turns of the event loop. */
export interface DatagramReadinessListener {
  /** The error queue is not empty, or the socket has a pending error. */
  failed(): void;
  readable(): void;
  writable(): void;
}

/** What is waited for. */
export interface DatagramWants {
  read: boolean;
  write: boolean;
  errors: boolean;
}

/**
 * Waits for a datagram socket. SO_SELECT_ERR_QUEUE must be on: a non-empty error queue then raises POLLPRI beside POLLERR,
 * without which libuv would stop watching (uv__poll_io).
 */
export class DatagramReadiness {
  private poller: NativePoller | undefined;
  private events = 0;
  private referenced = true;

  constructor(
    private readonly descriptor: number,
    private readonly listener: DatagramReadinessListener,
  ) {}

  want({ read, write, errors }: DatagramWants): void {
    const wanted = (read ? UV_READABLE : 0) | (write ? UV_WRITABLE : 0);
    // An error condition wakes the poller whatever is waited for, so it is always asked after.
    const events = wanted !== 0 || errors ? wanted | UV_PRIORITIZED : 0;
    if (events === this.events) return;
    this.events = events;
    if (events === 0) this.poller?.stop();
    else this.open().start(events);
  }

  /** Whether waiting keeps the process alive. */
  reference(on: boolean): void {
    this.referenced = on;
    if (on) this.poller?.ref();
    else this.poller?.unref();
  }

  /** Waits no more; the descriptor stays open. */
  close(): void {
    this.events = 0;
    this.poller?.close();
    this.poller = undefined;
  }

  private open(): NativePoller {
    if (this.poller !== undefined) return this.poller;
    this.poller = new (native().Poller)(this.descriptor, (status, events) => this.ready(status, events));
    this.reference(this.referenced);
    return this.poller;
  }

  private ready(status: number, events: number): void {
    if (status < 0 || events & UV_PRIORITIZED) this.listener.failed();
    if (events & this.events & UV_WRITABLE) this.listener.writable();
    if (events & this.events & UV_READABLE) this.listener.readable();
  }
}
