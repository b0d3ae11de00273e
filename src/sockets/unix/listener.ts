import { EventEmitter } from 'node:events';
import { requireInteger, requireObject, requireSignal } from '../../io/argument-error.js';
import { check, DescriptorError, systemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { UnixSocketAddress } from '../../wire/socket-address.js';
import type { UnixAddress } from './address.js';
import { type Binding, bindDescriptor, requireBindable, type UnixBindOptions } from './binding.js';
import type { UnixSocketType } from './connecting.js';
import { Inbox } from './inbox.js';
import { localName } from './local-name.js';
import { OwnedDescriptor } from './owned-descriptor.js';
import { Readiness } from './readiness.js';
import { applyReceiveOptions, requireReceiveOptions, type UnixReceiveOptions } from './receive-options.js';
import { requireUnixSocket } from './require-socket.js';
import { NAME_BYTES } from './shared-batch.js';

export interface UnixListenOptions extends UnixBindOptions {
  /** Connections that may wait to be accepted, from 0; net.core.somaxconn is the most that counts. Default: 511, as in Node. */
  backlog?: number;
}

const DEFAULT_BACKLOG = 511;
const LONGEST_BACKLOG = 2 ** 31 - 1;

/** The backlog that was asked for, or the default. @throws ArgumentError */
export function requireBacklog(backlog: number = DEFAULT_BACKLOG): number {
  return requireInteger('backlog', backlog, 0, LONGEST_BACKLOG, 'connections');
}
/** Connections accepted in one turn of the event loop: then others have theirs. */
const ACCEPTS_A_TURN = 64;
/** Where accept(2) fails for want of descriptors, the connection stays waiting and would be reported without end. */
const PAUSE_AFTER_ERROR_MS = 100;

const peer = new Uint8Array(NAME_BYTES);
const peerLength = new Uint32Array(1);

/**
 * A new listening socket, and the name that it was given. Connections inherit from it what comes beside each message
 * (SO_PASSCRED and others): set on a connection, it would come too late for what arrives as it is accepted.
 */
export function openListener(
  type: UnixSocketType,
  address: UnixAddress,
  options: UnixListenOptions & UnixReceiveOptions,
): { descriptor: OwnedDescriptor; binding: Binding } {
  requireBindable(address, options);
  requireReceiveOptions(options);
  const backlog = requireBacklog(options.backlog);
  const descriptor = new OwnedDescriptor(check(native().socket(LINUX.AF_UNIX, type, 0), 'socket'));
  try {
    applyReceiveOptions(descriptor.fd, options);
    const listen = () => native().listen(descriptor.fd, backlog);
    const binding = bindDescriptor(descriptor.fd, address, options, listen);
    return { descriptor, binding };
  } catch (error) {
    descriptor.close();
    throw error;
  }
}

/** Events, with what their listeners are given. */
export interface ListenerEvents<Connection> {
  connection: [connection: Connection];
  error: [error: Error];
  close: [];
  newListener: [event: string | symbol];
}

/**
 * A listening Unix-domain socket. Connections come by `accept()`, by iteration, or as 'connection' events; while nobody asks
 * for them they wait in the kernel. Emits 'error' where accepting failed, and goes on; 'close' in the end.
 */
export abstract class UnixListener<Connection> extends EventEmitter<ListenerEvents<Connection>> {
  readonly #descriptor: OwnedDescriptor;
  readonly #binding: Binding | undefined;
  readonly #readiness: Readiness;
  readonly #inbox = new Inbox<Connection>();
  #pause: NodeJS.Timeout | undefined;
  #closed = false;

  protected constructor(
    descriptor: OwnedDescriptor,
    type: typeof LINUX.SOCK_STREAM | typeof LINUX.SOCK_SEQPACKET,
    options: UnixReceiveOptions,
    binding?: Binding,
  ) {
    super();
    requireUnixSocket(descriptor, { method: new.target.name, type, listening: true });
    applyReceiveOptions(descriptor.fd, options);
    check(native().setNonBlocking(descriptor.fd, true), 'fcntl', { descriptor: descriptor.fd });
    this.#descriptor = descriptor.transfer();
    this.#binding = binding;
    this.#readiness = new Readiness(this.#descriptor.fd, { readable: () => this.#pump(), writable: () => {} });
    this.on('newListener', event => {
      if (event === 'connection') process.nextTick(() => this.#pump());
    });
  }

  /** The descriptor's number; undefined once the server is closed. */
  get descriptor(): number | undefined {
    return this.#closed ? undefined : this.#descriptor.fd;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The address that clients connect to. */
  get address(): UnixSocketAddress {
    return localName(this.#descriptor.fd);
  }

  /**
   * The next connection; undefined once the server is closed.
   * @throws SystemCallError EMFILE where this process has no free descriptor: the connection still waits. The reason of
   * `signal`.
   */
  async accept(options: { signal?: AbortSignal } = {}): Promise<Connection | undefined> {
    const connection = this.#inbox.wait(undefined, requireSignal(requireObject('options', options).signal));
    this.#pump();
    return connection;
  }

  /** Connections until the server is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Connection, void, undefined> {
    for (let next = await this.accept(); next !== undefined; next = await this.accept()) yield next;
  }

  /** Accepts no more, unlinks the path. Connections live on. Emits 'close'. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#end();
    this.#binding?.unlink();
    this.#descriptor.close();
    process.nextTick(() => this.emit('close'));
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Gives the descriptor away and ends this object without closing it. A path stays.
   * @throws DescriptorError 'DESCRIPTOR_CLOSED' where the server is closed.
   */
  detach(): OwnedDescriptor {
    if (this.#closed) throw new DescriptorError('DESCRIPTOR_CLOSED', 'the server is closed');
    this.#end();
    return this.#descriptor;
  }

  /** Lets the process live while this server waits. The default. */
  ref(): this {
    this.#readiness.reference(true);
    return this;
  }

  /** Lets the process end though this server waits. */
  unref(): this {
    this.#readiness.reference(false);
    return this;
  }

  /** The connection as an object. */
  protected abstract connectionOf(descriptor: OwnedDescriptor): Connection;

  get #wanted(): boolean {
    return !this.#closed && (this.#inbox.wanted || this.listenerCount('connection') > 0);
  }

  #pump(): void {
    if (this.#pause !== undefined) return;
    try {
      this.#acceptWanted();
    } finally {
      if (!this.#closed) this.#readiness.wantReadable(this.#wanted && this.#pause === undefined);
    }
  }

  #acceptWanted(): void {
    for (let accepted = 0; this.#wanted && accepted < ACCEPTS_A_TURN; accepted++) {
      const result = native().accept(this.#descriptor.fd, peer, peerLength);
      if (result < 0) {
        this.#failed(result);
        break;
      }
      this.#deliver(this.connectionOf(new OwnedDescriptor(result)));
    }
  }

  #deliver(connection: Connection): void {
    if (!this.#inbox.give(connection)) this.emit('connection', connection);
  }

  /** A connection that its client gave up before it was accepted is nobody's error (accept(2)). */
  #failed(errno: number): void {
    if (errno === -LINUX.EAGAIN || errno === -LINUX.ECONNABORTED) return;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#pump();
    }, PAUSE_AFTER_ERROR_MS);
    const advice =
      errno === -LINUX.EMFILE ? 'close some, or raise the limit (prlimit --nofile); it is tried again' : '';
    const error = systemCallError(errno, 'accept', { advice: advice || undefined });
    if (!this.#inbox.reject(error)) this.emit('error', error);
  }

  #end(): void {
    this.#closed = true;
    clearTimeout(this.#pause);
    this.#readiness.close();
    this.#inbox.end();
  }
}
