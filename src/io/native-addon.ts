import type { LinuxName } from '../wire/constants.generated.js';
import type { Monotonic, Nanoseconds, Realtime } from '../wire/time.js';
import type { NativeBatch, NativeBatchConstructor } from './native-batch.js';

/** What a native call gives: the system call's value, or the negated errno. */
export type ResultOrErrno = number;

/**
 * One batch sent, and then what the same socket has received taken into two others, on the environment's second thread.
 * For sockets that receive no descriptors: those would have no owner.
 */
export interface NativeExchange {
  /** Begins it with slots 0 to count - 1. Exchanges are done in the order of beginning; none is begun before it is finished. */
  begin(descriptor: number, count: number): void;
  /**
   * Waits until it is done; does it where the second thread has not got round to it.
   * @param outcome gets what `send` returns, how many messages there are in `incoming` (received with MSG_TRUNC) and in `errors`
   * (with MSG_ERRQUEUE; 0 without), and when it began and ended (Monotonic)
   */
  finish(outcome: Float64Array): void;
}

export interface NativeExchangeConstructor {
  new (outgoing: NativeBatch, incoming: NativeBatch, errors: NativeBatch | null): NativeExchange;
}

/** Readiness of one descriptor on the loop of this environment. libuv allows one poller a descriptor. */
export interface NativePoller {
  /**
   * Starts, or changes, what is waited for: a sum of UV_READABLE (1), UV_WRITABLE (2), UV_DISCONNECT (4) and
   * UV_PRIORITIZED (8).
   */
  start(events: number): ResultOrErrno;
  stop(): ResultOrErrno;
  /** Keeps the loop alive, or not, while started. A new poller does. */
  ref(): void;
  unref(): void;
  /** Stops for good; the descriptor stays open and is the caller's to close. Idempotent. */
  close(): void;
}

export interface NativePollerConstructor {
  /**
   * `callback` is told all that is waited for where the descriptor has an error: the next call on it tells which.
   * @throws SystemError-like `{errno}` where the descriptor cannot be polled.
   */
  new (descriptor: number, callback: (status: number, events: number) => void): NativePoller;
}

/** One message received by `receiveMessage`; `data` and `control` were filled in place. */
export interface NativeReceived {
  /** Bytes received; the true length where MSG_TRUNC was asked for; negated errno on failure. */
  length: number;
  flags: number;
  nameLength: number;
  controlLength: number;
}

/** The addon: system calls, batches, readiness and clocks. It knows no protocol and formats no message. */
export interface NativeAddon {
  /** Every name of native/constants.inc with its number. */
  readonly constants: Readonly<Record<LinuxName, number>>;

  /** socket(2), with SOCK_CLOEXEC and SOCK_NONBLOCK. */
  socket(family: number, type: number, protocol: number): ResultOrErrno;
  /** socketpair(2), likewise; `descriptors` gets both. */
  socketPair(family: number, type: number, protocol: number, descriptors: Int32Array): ResultOrErrno;
  bind(descriptor: number, address: Uint8Array): ResultOrErrno;
  /** connect(2): -EINPROGRESS where it goes on in the background. */
  connect(descriptor: number, address: Uint8Array): ResultOrErrno;
  listen(descriptor: number, backlog: number): ResultOrErrno;
  /** accept4(2); `address` is filled, the address's length written to `length[0]`. */
  accept(descriptor: number, address: Uint8Array, length: Uint32Array): ResultOrErrno;
  shutdown(descriptor: number, how: number): ResultOrErrno;
  /** sockatmark(3): 1 where the next byte to be received is the one that urgent data followed, or 0. */
  atMark(descriptor: number): ResultOrErrno;
  close(descriptor: number): ResultOrErrno;
  /** fcntl(F_DUPFD_CLOEXEC). */
  duplicate(descriptor: number): ResultOrErrno;
  /** dup3(2) with O_CLOEXEC: `target` becomes another number of what `descriptor` is, and loses what it was. */
  duplicateOnto(descriptor: number, target: number): ResultOrErrno;
  /**
   * The environment closes what it opened and has not closed when it ends (a terminated worker runs no JavaScript).
   * `release` ends that: somebody else, for one a net.Socket, closes the descriptor. `adopt` begins it for one that came
   * from elsewhere. Descriptors that a message brought are adopted by the call that received it.
   */
  release(descriptor: number): void;
  adopt(descriptor: number): void;
  /** Sets or clears FD_CLOEXEC. */
  setCloseOnExec(descriptor: number, on: boolean): ResultOrErrno;
  /** Sets or clears O_NONBLOCK. */
  setNonBlocking(descriptor: number, on: boolean): ResultOrErrno;

  /** getsockname(2): fills `address`, returns the address's length. */
  socketName(descriptor: number, address: Uint8Array): ResultOrErrno;
  /** getpeername(2), likewise. */
  peerName(descriptor: number, address: Uint8Array): ResultOrErrno;
  /** getsockopt(2): fills `value`, returns the option's length. */
  getOption(descriptor: number, level: number, name: number, value: Uint8Array): ResultOrErrno;
  /** setsockopt(2). */
  setOption(descriptor: number, level: number, name: number, value: Uint8Array): ResultOrErrno;
  /** setsockopt(2) of an int, and getsockopt(2) of one into `value[0]`: the common case without a copy. */
  setIntegerOption(descriptor: number, level: number, name: number, value: number): ResultOrErrno;
  getIntegerOption(descriptor: number, level: number, name: number, value: Int32Array): ResultOrErrno;
  /**
   * The same, as quick as a call can be: `option` is level * 2 ** 16 + name. Writing gives nothing, or -errno; reading
   * gives the int, or 2 ** 32 + errno, which no int is.
   */
  writeIntegerOption(descriptor: number, option: number, value: number): ResultOrErrno | undefined;
  readIntegerOption(descriptor: number, option: number): number;
  /** setsockopt(2) of a struct sock_fprog whose instructions (struct sock_filter, 8 bytes each) are `program`. */
  setFilterOption(descriptor: number, level: number, name: number, program: Uint8Array): ResultOrErrno;

  /** sendmsg(2) with MSG_DONTWAIT and MSG_NOSIGNAL added to `flags`. */
  sendMessage(
    descriptor: number,
    data: Uint8Array,
    address: Uint8Array | null,
    control: Uint8Array | null,
    flags: number,
  ): ResultOrErrno;
  /** recvmsg(2) with MSG_DONTWAIT and MSG_CMSG_CLOEXEC added to `flags`. */
  receiveMessage(
    descriptor: number,
    data: Uint8Array,
    address: Uint8Array | null,
    control: Uint8Array | null,
    flags: number,
    received: NativeReceived,
  ): ResultOrErrno;
  readonly MessageBatch: NativeBatchConstructor;
  /** How many bytes behind a multiple of `alignment` the memory of `buffer` begins. */
  misalignment(buffer: ArrayBuffer, alignment: number): number;
  readonly Exchange: NativeExchangeConstructor;
  readonly Poller: NativePollerConstructor;

  /**
   * execve(2), with `descriptors` as 3, 4, ... of the new program and every other descriptor above 2 closed, under `identity`:
   * user, group (0xffffffff: the present one), and, where there is a group, the supplementary groups. Returns only on failure,
   * with nothing changed: the system call that failed, and its negated errno.
   */
  execute(
    path: string,
    argv: string[],
    environment: string[],
    descriptors: Int32Array,
    identity: Uint32Array,
  ): { call: string; result: ResultOrErrno };
  /** getpwnam(3): uid and gid of a user into `identity[0]` and `identity[1]`; -ENOENT where there is no such user. */
  findUser(name: string, identity: Uint32Array): ResultOrErrno;
  /** getgrnam(3): the gid of a group; -ENOENT where there is no such group. */
  findGroup(name: string): ResultOrErrno;
  /** getgrouplist(3): the groups of a user, `gid` among them, into `groups`; how many they are, -ERANGE for too many. */
  findGroups(user: string, gid: number, groups: Uint32Array): ResultOrErrno;

  /**
   * Opens /dev/net/tun and attaches it to the interface of that name, which it makes where there is none (ioctl TUNSETIFF).
   * `flags` are of IFF_TUN, IFF_TAP and IFF_NO_PI. The descriptor does not block, and closing it removes the interface.
   */
  openTun(name: string, flags: number): ResultOrErrno;
  /** read(2) and write(2) on a descriptor that does not block. */
  read(descriptor: number, bytes: Uint8Array): ResultOrErrno;
  write(descriptor: number, bytes: Uint8Array): ResultOrErrno;

  /** Name of an interface, or undefined; its index, or -errno: if_indextoname(3), if_nametoindex(3). */
  interfaceName(index: number): string | undefined;
  interfaceIndex(name: string): ResultOrErrno;
  /** getrandom(2): fills at most 256 bytes. */
  randomBytes(target: Uint8Array): ResultOrErrno;
  /** strerror(3): "Operation not permitted". */
  errnoMessage(errno: number): string;
  /**
   * _exit(2): ends the process at once, where process.exit would wait for a thread that looks a name up. For a command
   * that has written everything, not for a library.
   */
  exitNow(status: number): never;

  /** Nanoseconds since the origin on each clock. */
  monotonicNow(): Monotonic;
  realtimeNow(): Realtime;
  /** realtimeNow() - monotonicNow() at one moment: constant, within a microsecond, until the wall clock is stepped. */
  clockOffset(): Nanoseconds;
  /** CLOCK_REALTIME of the origin in milliseconds since 1970, for showing a stamp as a date. */
  readonly realtimeOrigin: number;
}
