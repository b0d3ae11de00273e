import { SystemCallError } from '../../io/errors.js';
import { type NativePoller, native, UV_DISCONNECT, UV_READABLE, UV_WRITABLE } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';

/** Called when the descriptor can be read, can be written, or has an error, which the next call will tell. */
export interface ReadinessListener {
  readable(): void;
  writable(): void;
  /** The peer has ended, or gone. There may be bytes to read still. */
  disconnected?(): void;
}

/** Waits for one descriptor to become readable or writable, whichever is wanted at the time. */
export class Readiness {
  readonly #descriptor: number;
  readonly #listener: ReadinessListener;
  #poller: NativePoller | undefined;
  #events = 0;
  #referenced = true;
  #closed = false;

  constructor(descriptor: number, listener: ReadinessListener) {
    this.#descriptor = descriptor;
    this.#listener = listener;
  }

  /** Begins or ends to wait until the descriptor can be read. */
  wantReadable(wanted: boolean): void {
    this.#want(wanted ? this.#events | UV_READABLE : this.#events & ~UV_READABLE);
  }

  /** Begins or ends to wait until the descriptor can be written. */
  wantWritable(wanted: boolean): void {
    this.#want(wanted ? this.#events | UV_WRITABLE : this.#events & ~UV_WRITABLE);
  }

  /** Begins or ends to wait until the peer has ended. */
  wantDisconnected(wanted: boolean): void {
    this.#want(wanted ? this.#events | UV_DISCONNECT : this.#events & ~UV_DISCONNECT);
  }

  /** Whether waiting keeps the process alive. It does by default. */
  reference(on: boolean): void {
    this.#referenced = on;
    if (on) this.#poller?.ref();
    else this.#poller?.unref();
  }

  /** Waits no more. The descriptor stays open. */
  close(): void {
    this.#closed = true;
    this.#events = 0;
    this.#poller?.close();
    this.#poller = undefined;
  }

  #want(events: number): void {
    if (events === this.#events || this.#closed) return;
    this.#events = events;
    if (events === 0) this.#poller?.stop();
    else this.#open().start(events);
  }

  #open(): NativePoller {
    if (this.#poller !== undefined) return this.#poller;
    this.#poller = createPoller(this.#descriptor, (status, events) => this.#ready(status, events));
    this.reference(this.#referenced);
    return this.#poller;
  }

  /**
   * libuv reports an error condition of the socket as a status and stops watching (uv__poll_io). The next read or write
   * tells what it is, so they are tried.
   */
  #ready(status: number, events: number): void {
    const wanted = this.#events;
    if (status < 0) this.#want(0);
    if ((status < 0 || events & UV_READABLE) && wanted & UV_READABLE) this.#listener.readable();
    if ((status < 0 || events & UV_WRITABLE) && wanted & UV_WRITABLE) this.#listener.writable();
    if ((status < 0 || events & UV_DISCONNECT) && wanted & UV_DISCONNECT) this.#listener.disconnected?.();
  }
}

/** libuv watches a descriptor for one owner only: EEXIST means that Node has this one, as its IPC channel for instance. */
function createPoller(descriptor: number, callback: (status: number, events: number) => void): NativePoller {
  try {
    return new (native().Poller)(descriptor, callback);
  } catch (error) {
    const { errno } = error as { errno: number };
    const advice = errno === LINUX.EEXIST ? 'Node itself uses this descriptor' : undefined;
    throw new SystemCallError(errno, 'epoll_ctl', { descriptor, advice });
  }
}
