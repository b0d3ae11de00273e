import { LINUX } from '../wire/constants.generated.js';
import { ArgumentError } from './argument-error.js';
import { check, systemCallError } from './errors.js';
import { native } from './native.js';

export interface TunOptions {
  /** IP packets ('tun') or Ethernet frames ('tap'). Default: 'tun'. */
  layer?: 'tun' | 'tap';
}

/** Longer packets than any interface carries. */
const LONGEST_PACKET = 65_535 + 18;

/**
 * A network interface whose other end is this process: what the kernel sends by it can be read, and what is written comes
 * in by it. Closing it removes the interface. Source: Documentation/networking/tuntap.rst of the kernel.
 */
export class TunDevice {
  /** Does not block, and may be polled. */
  readonly descriptor: number;
  private readonly memory = new Uint8Array(LONGEST_PACKET);
  private closed = false;

  /**
   * @param name of the interface, 1 to 15 bytes; it is made where there is none
   * @throws PermissionError without CAP_NET_ADMIN; SystemCallError EBUSY where another process serves it, ENOENT or ENODEV
   * where the kernel has no TUN devices
   */
  constructor(
    readonly name: string,
    { layer = 'tun' }: TunOptions = {},
  ) {
    const length = new TextEncoder().encode(name).length;
    if (length < 1 || length >= LINUX.IFNAMSIZ)
      throw new ArgumentError('name', name, `1 to ${LINUX.IFNAMSIZ - 1} bytes`);
    const flags = (layer === 'tun' ? LINUX.IFF_TUN : LINUX.IFF_TAP) | LINUX.IFF_NO_PI;
    this.descriptor = check(native().openTun(name, flags), 'TUNSETIFF', { object: name }, 'CAP_NET_ADMIN');
  }

  /** The next packet or frame, in memory that the next call overwrites; undefined where none waits. */
  read(): Uint8Array | undefined {
    const length = native().read(this.descriptor, this.memory);
    if (length === -LINUX.EAGAIN) return undefined;
    return this.memory.subarray(0, check(length, 'read', { object: this.name }));
  }

  /**
   * Lets a packet or frame come in.
   * @returns false where the kernel refuses it: the interface is down, or it is no packet at all
   */
  write(packet: Uint8Array): boolean {
    const result = native().write(this.descriptor, packet);
    if (result >= 0) return true;
    if (result === -LINUX.EIO || result === -LINUX.EINVAL || result === -LINUX.ENOBUFS) return false;
    throw systemCallError(result, 'write', { object: this.name });
  }

  /** Removes the interface. Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    native().close(this.descriptor);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
