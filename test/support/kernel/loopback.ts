import { readdirSync } from 'node:fs';
import { type NativePoller, native, type ResultOrErrno, UV_READABLE } from '../../../src/io/native.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { type Family, IpAddress } from '../../../src/wire/ip-address.js';
import { decodeSocketAddress, encodeSocketAddress, type IpSocketAddress } from '../../../src/wire/socket-address.js';

export const families = [4, 6] as const;

/** Both families' loopback addresses. */
export const LOOPBACK = { 4: '127.0.0.1', 6: '::1' } as const;

export const domainOf = (family: Family): number => (family === 4 ? LINUX.AF_INET : LINUX.AF_INET6);

/** Bytes of a socket address on loopback, or elsewhere. */
export function nameOf(family: Family, port: number, address: string = LOOPBACK[family]): Uint8Array {
  return encodeSocketAddress({ family: family === 4 ? 'ip4' : 'ip6', address: IpAddress.parse(address), port });
}

/** @throws Error with the errno's text, where a native call failed. */
export function must(result: ResultOrErrno): number {
  if (result < 0) throw new Error(native().errnoMessage(-result));
  return result;
}

/** Descriptors of one test, closed when it ends. */
export class Descriptors {
  private readonly open = new Set<number>();

  /** A socket, or what else a native call opened. */
  keep(descriptor: ResultOrErrno): number {
    this.open.add(must(descriptor));
    return descriptor;
  }

  /** A UDP socket bound to loopback, with its port. */
  udp(family: Family): { descriptor: number; port: number } {
    const descriptor = this.keep(native().socket(domainOf(family), LINUX.SOCK_DGRAM, 0));
    must(native().bind(descriptor, nameOf(family, 0)));
    return { descriptor, port: boundPort(descriptor) };
  }

  /** A UDP port on loopback where nobody listens: it was free a moment ago, and stays reserved without being read. */
  unusedPort(family: Family): number {
    const { descriptor, port } = this.udp(family);
    this.close(descriptor);
    return port;
  }

  close(descriptor: number): void {
    this.open.delete(descriptor);
    must(native().close(descriptor));
  }

  [Symbol.dispose](): void {
    for (const descriptor of this.open) native().close(descriptor);
    this.open.clear();
  }
}

export function boundName(descriptor: number): IpSocketAddress {
  const bytes = new Uint8Array(LINUX.sizeof_sockaddr_storage);
  const length = must(native().socketName(descriptor, bytes));
  return decodeSocketAddress(bytes, 0, length) as IpSocketAddress;
}

export const boundPort = (descriptor: number): number => boundName(descriptor).port;

/** Resolves with the events when a descriptor becomes ready: readable, or what else is asked for. */
export function ready(descriptor: number, events = UV_READABLE): Promise<number> {
  return new Promise((resolve, reject) => {
    const poller: NativePoller = new (native().Poller)(descriptor, (status, seen) => {
      poller.close();
      if (status === 0) resolve(seen);
      else reject(new Error(native().errnoMessage(-status)));
    });
    must(poller.start(events));
  });
}

/** How many descriptors this process has open. */
export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
