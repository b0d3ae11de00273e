import { native } from '../io/native.js';
import { LINUX } from '../wire/constants.generated.js';
import { IpAddress } from '../wire/ip-address.js';
import { encodeSocketAddress } from '../wire/socket-address.js';

/** A UDP socket bound to a port of 127.0.0.1 that the kernel chose, to try on it what the kernel does. */
export interface LoopbackEndpoint {
  /** The caller closes it. */
  descriptor: number;
  /** Where to send to so that this socket receives it: struct sockaddr_in. */
  name: Uint8Array;
}

/** @returns the errno, negated, where there can be none: a network namespace without loopback. */
export function openLoopbackEndpoint(): LoopbackEndpoint | number {
  const descriptor = native().socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, 0);
  if (descriptor < 0) return descriptor;
  const name = encodeSocketAddress({ family: 'ip4', address: IpAddress.parse('127.0.0.1'), port: 0 });
  const bound = native().bind(descriptor, name);
  const named = bound < 0 ? bound : native().socketName(descriptor, name);
  if (named >= 0) return { descriptor, name };
  native().close(descriptor);
  return named;
}
