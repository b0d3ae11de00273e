import { requireNumber } from '../io/argument-error.js';
import { type DescriptorSource, descriptorOf } from '../io/descriptor.js';
import { check } from '../io/errors.js';
import { MessageBatch } from '../io/message-batch.js';
import { type NativePoller, native, UV_PRIORITIZED } from '../io/native.js';
import { getOption, setOption } from '../io/option.js';
import { LINUX } from '../wire/constants.generated.js';
import { walkControlMessages } from '../wire/control-message.js';
import { decodeExtendedError, type ExtendedError } from '../wire/extended-error.js';
import { EventStream } from './event-stream.js';
import { pathMtuIfConnected, socketFamily } from './mtu-socket.js';

/** A path MTU that the kernel believes, or was told of. */
export interface PathMtuChange {
  /** Bytes of the whole packet. */
  mtu: number;
  /**
   * kernel: what it believes of the path of this connected socket has changed, or is told for the first time. report: a router
   * said that a datagram of this socket was too big. local: this host did.
   */
  origin: 'kernel' | 'report' | 'local';
  /** Who reported. */
  from?: string;
}

export interface WatchPathMtuOptions {
  /** Milliseconds between looks at what the kernel believes, 10 to 86,400,000. Default: 1000. */
  interval?: number;
  /** Ends the watch. */
  signal?: AbortSignal;
}

const DAY = 86_400_000;
const DEFAULT_INTERVAL = 1000;
const SHAPE = { slots: 16, payloadBytes: 64 };

/**
 * Tells, as it changes, what path MTU the kernel believes for a socket, its value at the start first; and for datagram
 * sockets every report of a datagram that was too big, from the error queue (IP_RECVERR of ip(7)).
 *
 * The error queue is emptied by this, and the socket's next receive fails with EMSGSIZE after a report: a `dgram` socket
 * emits 'error' then, for which it needs a listener. The watch keeps no process alive. It ends when its iteration does.
 */
export function watchPathMtu(
  socket: DescriptorSource,
  options: WatchPathMtuOptions = {},
): AsyncIterableIterator<PathMtuChange> {
  const interval = requireNumber('interval', options.interval ?? DEFAULT_INTERVAL, 10, DAY, 'ms');
  options.signal?.throwIfAborted();
  return new PathMtuWatch(socket, interval, options.signal).changes;
}

class PathMtuWatch {
  readonly changes = new EventStream<PathMtuChange>(() => this.close());
  /** A number of our own for the socket: libuv allows one poller a descriptor, and the socket's may be Node's. */
  private readonly own: number;
  private readonly poller: NativePoller | undefined;
  private readonly timer: NodeJS.Timeout;
  private readonly batch = new MessageBatch(SHAPE);
  private believed: number | undefined;
  private closed = false;
  private readonly onAbort = (): void => {
    this.close();
    this.changes.end();
  };

  constructor(
    socket: DescriptorSource,
    interval: number,
    private readonly signal: AbortSignal | undefined,
  ) {
    const descriptor = descriptorOf(socket);
    this.own = check(native().duplicate(descriptor), 'fcntl', { descriptor });
    try {
      if (getOption(this.own, 'SO_TYPE') !== 'stream') this.poller = this.watchErrors();
      this.look();
      this.timer = setInterval(() => this.look(), interval).unref();
      signal?.addEventListener('abort', this.onAbort, { once: true });
    } catch (error) {
      native().close(this.own);
      throw error;
    }
  }

  private watchErrors(): NativePoller {
    setOption(this.own, socketFamily(this.own) === 4 ? 'IP_RECVERR' : 'IPV6_RECVERR', true);
    // Without it libuv gives a descriptor with a waiting error up.
    setOption(this.own, 'SO_SELECT_ERR_QUEUE', true);
    const poller = new (native().Poller)(this.own, () => this.drain());
    poller.start(UV_PRIORITIZED);
    poller.unref();
    return poller;
  }

  private look(): void {
    const mtu = pathMtuIfConnected(this.own);
    if (mtu === undefined || mtu === this.believed) return;
    this.believed = mtu;
    this.changes.push({ mtu, origin: 'kernel' });
  }

  private drain(): void {
    for (;;) {
      const count = this.batch.receive(this.own, LINUX.MSG_ERRQUEUE);
      if (count <= 0) break;
      for (let slot = 0; slot < count; slot++) this.take(slot);
    }
    this.look();
  }

  private take(slot: number): void {
    const { control, controlStride, controlLengths } = this.batch;
    const start = slot * controlStride;
    walkControlMessages(control, start, start + (controlLengths[slot] ?? 0), (level, type, from, to) => {
      const error4 = level === LINUX.IPPROTO_IP && type === LINUX.IP_RECVERR;
      const error6 = level === LINUX.IPPROTO_IPV6 && type === LINUX.IPV6_RECVERR;
      if (error4 || error6) this.tell(decodeExtendedError(control, from, to));
    });
  }

  private tell({ errno, info, origin, offender }: ExtendedError): void {
    if (errno !== LINUX.EMSGSIZE || info === 0) return;
    const known = offender !== undefined && (offender.family === 'ip4' || offender.family === 'ip6');
    const from = known ? { from: String(offender.address) } : {};
    this.changes.push({ mtu: info, origin: origin === 'local' ? 'local' : 'report', ...from });
  }

  private close(): void {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.timer);
    this.signal?.removeEventListener('abort', this.onAbort);
    this.poller?.close();
    native().close(this.own);
  }
}
