import dgram from 'node:dgram';
import { once } from 'node:events';
import fs, { type FileHandle } from 'node:fs/promises';
import net from 'node:net';
import { ArgumentError, requireInteger, requireSignal } from '../../io/argument-error.js';
import { requireDescriptor } from '../../io/descriptor.js';
import { check, DescriptorError, type SystemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { listenOn } from '../stream/listen-on.js';
import { failureOfConnected } from './connection-state.js';
import { isPipe, requireKind } from './descriptor-kind.js';
import { requireHalfOpen } from './receive-options.js';

/** Names of the constants that socket(2) takes. */
export type SocketFamilyName = 'AF_UNIX' | 'AF_INET' | 'AF_INET6' | 'AF_NETLINK' | 'AF_PACKET';
export type SocketTypeName = 'SOCK_STREAM' | 'SOCK_DGRAM' | 'SOCK_SEQPACKET' | 'SOCK_RAW';
export type ProtocolName = Extract<keyof typeof LINUX, `IPPROTO_${string}`>;

/** An owner that was collected unclosed: its descriptor is closed here, and the program is told. */
const unclosed = new FinalizationRegistry((descriptor: number) => {
  native().close(descriptor);
  process.emitWarning(`descriptor ${descriptor} was collected without close() or release(), and has been closed`, {
    type: 'DescriptorLeakWarning',
    code: 'SUBSOCKET_DESCRIPTOR_LEAK',
  });
});

/**
 * A descriptor that belongs to this object until it is closed, released, or turned into an object of Node's. It closes
 * once; `using` closes it at the end of a block; one that is garbage-collected unclosed is closed with a
 * `DescriptorLeakWarning`; one in a worker that is terminated is closed as the worker ends.
 *
 * Descriptors that came from elsewhere name an open file description that the sender may still have. Its O_NONBLOCK flag
 * and file offset are shared with it (open(2)): Node makes every socket that it takes non-blocking, for the sender too.
 */
export class OwnedDescriptor {
  #descriptor: number;

  /** @param descriptor one that the native half already closes with its environment. Others come in by `adopt`. */
  constructor(descriptor: number) {
    this.#descriptor = requireDescriptor(descriptor);
    unclosed.register(this, descriptor, this);
  }

  /**
   * Takes over a descriptor that came by a number, as from `fs.openSync` or an inherited one. Nobody else may close it.
   * @throws DescriptorError 'NOT_A_SOCKET' for what cannot be a descriptor; SystemCallError EBADF where it is not open.
   */
  static adopt(descriptor: number): OwnedDescriptor {
    check(native().setCloseOnExec(requireDescriptor(descriptor), true), 'fcntl', { descriptor });
    native().adopt(descriptor);
    return new OwnedDescriptor(descriptor);
  }

  /**
   * socket(2): a new socket of any kind, for one a raw socket that is to be passed on.
   * @param protocol a number, or the name of its constant. Default: 0, the type's own.
   * @throws ArgumentError for names that are none; PermissionError for a raw socket that this process may not open;
   * SystemCallError.
   */
  static socket(family: SocketFamilyName, type: SocketTypeName, protocol: ProtocolName | number = 0): OwnedDescriptor {
    const number = typeof protocol === 'number' ? protocol : constantOf('protocol', protocol, 'IPPROTO_');
    requireInteger('protocol', number, 0, 2 ** 31 - 1);
    const result = native().socket(constantOf('family', family, 'AF_'), constantOf('type', type, 'SOCK_'), number);
    const privileged = type === 'SOCK_RAW' || family === 'AF_PACKET';
    const details = { object: `${family} ${type} ${protocol}` };
    return new OwnedDescriptor(check(result, 'socket', details, privileged ? 'CAP_NET_RAW' : undefined));
  }

  /**
   * The number, for calls that take one.
   * @throws DescriptorError 'DESCRIPTOR_CLOSED' after close() or release().
   */
  get fd(): number {
    if (this.#descriptor < 0) throw new DescriptorError('DESCRIPTOR_CLOSED', 'the descriptor was closed or released');
    return this.#descriptor;
  }

  /** True after close(), release(), transfer() and the conversions: this object owns nothing any more. */
  get closed(): boolean {
    return this.#descriptor < 0;
  }

  /** close(2). Idempotent. */
  close(): void {
    if (this.#descriptor >= 0) check(native().close(this.#forget()), 'close');
  }

  /** Gives the number away: whoever has it must close it. */
  release(): number {
    const { fd } = this;
    native().release(fd);
    return this.#forget();
  }

  /** The descriptor with a new owner: this object owns nothing any more, and closing it does nothing. */
  transfer(): OwnedDescriptor {
    const { fd } = this;
    this.#forget();
    return new OwnedDescriptor(fd);
  }

  /** dup(2): another owner of the same open file description. */
  duplicate(): OwnedDescriptor {
    return new OwnedDescriptor(check(native().duplicate(this.fd), 'fcntl', { descriptor: this.fd }));
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * A connected stream socket, or a pipe, as Node's own `net.Socket`, which owns the descriptor from then on.
   * One whose connection the peer has reset meanwhile is destroyed with that error.
   * @throws DescriptorError 'DESCRIPTOR_KIND' for what is neither a pipe nor a connected stream socket; ArgumentError for
   * wrong options.
   */
  toSocket(options: Pick<net.SocketConstructorOpts, 'allowHalfOpen' | 'signal'> = {}): net.Socket {
    requireHalfOpen(options);
    requireSignal(options.signal);
    const failure = isPipe(this.fd) ? undefined : this.#requireConnected();
    const socket = this.#give(fd => new net.Socket({ ...options, fd, readable: true, writable: true }));
    return failure === undefined ? socket : socket.destroy(failure);
  }

  /**
   * A listening stream socket as Node's own `net.Server`, accepting. Closing it does not unlink a path.
   * @param server the server that is to listen, as an `http.Server`. Default: a new net.Server.
   * @throws DescriptorError 'DESCRIPTOR_KIND' for anything but a listening stream socket; ArgumentError for what is no server.
   */
  async toServer<Server extends net.Server = net.Server>(
    server: Server = net.createServer() as Server,
  ): Promise<Server> {
    if (!(server instanceof net.Server)) throw new ArgumentError('server', server, 'a net.Server');
    requireKind(this.fd, { method: 'toServer()', type: LINUX.SOCK_STREAM, listening: true });
    this.#give(fd => listenOn(server, fd));
    if (!server.listening) await once(server, 'listening');
    return server;
  }

  /**
   * A UDP socket as Node's own `dgram.Socket`, bound.
   * @throws DescriptorError 'DESCRIPTOR_KIND' for anything but an IPv4 or IPv6 datagram socket.
   */
  async toDatagram(): Promise<dgram.Socket> {
    const families = [LINUX.AF_INET, LINUX.AF_INET6];
    const { family } = requireKind(this.fd, { method: 'toDatagram()', type: LINUX.SOCK_DGRAM, families });
    const socket = dgram.createSocket(family === LINUX.AF_INET6 ? 'udp6' : 'udp4');
    const listening = once(socket, 'listening');
    // Exclusive: in a cluster worker, the primary would otherwise look for this number among its own descriptors.
    this.#give(fd => socket.bind({ fd, exclusive: true }));
    await listening;
    return socket;
  }

  /**
   * Any descriptor as Node's own `FileHandle`, of the same open file description: same offset, flags and locks.
   *
   * Node makes a FileHandle only by opening a path, and opening /proc/self/fd/N would make another open file description,
   * or fail. So a directory that always exists is opened, and dup3(2) puts this descriptor in its place.
   */
  async toFileHandle(): Promise<FileHandle> {
    const { fd } = this;
    const handle = await fs.open('/', 'r');
    const placed = this.closed ? -LINUX.EBADF : native().duplicateOnto(fd, handle.fd);
    if (placed < 0) await handle.close();
    check(placed, 'dup3', { descriptor: fd });
    this.close();
    return handle;
  }

  #requireConnected(): SystemCallError | undefined {
    const method = 'toSocket()';
    requireKind(this.fd, { method, type: LINUX.SOCK_STREAM, listening: false });
    return failureOfConnected(this.fd, method);
  }

  #give<Taker>(take: (descriptor: number) => Taker): Taker {
    const { fd } = this;
    native().release(fd);
    try {
      const taker = take(fd);
      this.#forget();
      return taker;
    } catch (error) {
      native().adopt(fd);
      throw error;
    }
  }

  #forget(): number {
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    unclosed.unregister(this);
    return descriptor;
  }
}

/** The number of a constant, whose name a program without types may have wrong. */
function constantOf(argument: string, name: keyof typeof LINUX, prefix: string): number {
  const known = typeof name === 'string' && name.startsWith(prefix) && Object.hasOwn(LINUX, name);
  if (known) return LINUX[name];
  throw new ArgumentError(argument, name, `the name of a constant that begins with ${prefix}`);
}
