import { closeSync, openSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { native, UV_READABLE, UV_WRITABLE } from '../../../src/io/native.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { decodeSocketAddress, encodeSocketAddress } from '../../../src/wire/socket-address.js';
import {
  boundName,
  boundPort,
  Descriptors,
  domainOf,
  families,
  LOOPBACK,
  must,
  nameOf,
  ready,
} from '../../support/kernel/loopback.js';

/** open(2) flags as /proc/self/fdinfo shows them: asm-generic/fcntl.h. */
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;

function flagsOf(descriptor: number): number {
  const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1];
  return Number.parseInt(flags ?? '', 8);
}

/** A TCP socket that listens on loopback. */
function listener(descriptors: Descriptors, family: 4 | 6): { descriptor: number; port: number } {
  const descriptor = descriptors.keep(native().socket(domainOf(family), LINUX.SOCK_STREAM, 0));
  must(native().bind(descriptor, nameOf(family, 0)));
  must(native().listen(descriptor, 8));
  return { descriptor, port: boundPort(descriptor) };
}

it('makes sockets that neither block nor are inherited by programs', () => {
  using descriptors = new Descriptors();
  const socket = descriptors.keep(native().socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, 0));
  const copy = descriptors.keep(native().duplicate(socket));
  expect(flagsOf(socket) & (O_NONBLOCK | O_CLOEXEC)).toBe(O_NONBLOCK | O_CLOEXEC);
  expect(flagsOf(copy) & (O_NONBLOCK | O_CLOEXEC)).toBe(O_NONBLOCK | O_CLOEXEC);
});

it('changes both of those', () => {
  using descriptors = new Descriptors();
  const socket = descriptors.keep(native().socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, 0));
  must(native().setCloseOnExec(socket, false));
  must(native().setNonBlocking(socket, false));
  expect(flagsOf(socket) & (O_NONBLOCK | O_CLOEXEC)).toBe(0);
  must(native().setCloseOnExec(socket, true));
  must(native().setNonBlocking(socket, true));
  expect(flagsOf(socket) & (O_NONBLOCK | O_CLOEXEC)).toBe(O_NONBLOCK | O_CLOEXEC);
});

it.each(families)('binds and tells the name that the kernel chose, family %i', family => {
  using descriptors = new Descriptors();
  const { descriptor } = descriptors.udp(family);
  const name = boundName(descriptor);
  expect(name.address.toString()).toBe(LOOPBACK[family]);
  expect(name.port).toBeGreaterThan(0);
});

it.each(families)('connects, listens and accepts, family %i', async family => {
  using descriptors = new Descriptors();
  const server = listener(descriptors, family);
  const client = descriptors.keep(native().socket(domainOf(family), LINUX.SOCK_STREAM, 0));
  expect([0, -LINUX.EINPROGRESS]).toContain(native().connect(client, nameOf(family, server.port)));
  await ready(server.descriptor);
  const name = new Uint8Array(LINUX.sizeof_sockaddr_storage);
  const length = new Uint32Array(1);
  const accepted = descriptors.keep(native().accept(server.descriptor, name, length));
  expect(flagsOf(accepted) & (O_NONBLOCK | O_CLOEXEC)).toBe(O_NONBLOCK | O_CLOEXEC);
  expect(decodeSocketAddress(name, 0, length[0])).toMatchObject({ port: boundPort(client) });
  const peer = new Uint8Array(LINUX.sizeof_sockaddr_storage);
  const peerLength = must(native().peerName(client, peer));
  expect(decodeSocketAddress(peer, 0, peerLength)).toMatchObject({ port: server.port });
});

it('gives -EAGAIN where no connection waits', () => {
  using descriptors = new Descriptors();
  const { descriptor } = listener(descriptors, 4);
  expect(native().accept(descriptor, new Uint8Array(16), new Uint32Array(1))).toBe(-LINUX.EAGAIN);
});

it('tells a refused connection by SO_ERROR', async () => {
  using descriptors = new Descriptors();
  const server = listener(descriptors, 4);
  descriptors.close(server.descriptor);
  const client = descriptors.keep(native().socket(LINUX.AF_INET, LINUX.SOCK_STREAM, 0));
  const result = native().connect(client, nameOf(4, server.port));
  if (result === -LINUX.EINPROGRESS) {
    await ready(client, UV_WRITABLE);
    const error = new Int32Array(1);
    must(native().getIntegerOption(client, LINUX.SOL_SOCKET, LINUX.SO_ERROR, error));
    expect(error[0]).toBe(LINUX.ECONNREFUSED);
  } else {
    expect(result).toBe(-LINUX.ECONNREFUSED);
  }
});

it('makes pairs of Unix sockets, and shuts down one way of one', async () => {
  using descriptors = new Descriptors();
  const pair = new Int32Array(2);
  must(native().socketPair(LINUX.AF_UNIX, LINUX.SOCK_STREAM, 0, pair));
  const [one, other] = [descriptors.keep(pair[0] ?? -1), descriptors.keep(pair[1] ?? -1)];
  expect(native().sendMessage(one, new TextEncoder().encode('last'), null, null, 0)).toBe(4);
  must(native().shutdown(one, LINUX.SHUT_WR));
  await ready(other, UV_READABLE);
  const data = new Uint8Array(16);
  const received = { length: 0, flags: 0, nameLength: 0, controlLength: 0 };
  expect(native().receiveMessage(other, data, null, null, 0, received)).toBe(4);
  expect(native().receiveMessage(other, data, null, null, 0, received)).toBe(0);
  expect(native().sendMessage(one, data, null, null, 0)).toBe(-LINUX.EPIPE);
});

it('puts one descriptor in the place of another', () => {
  using descriptors = new Descriptors();
  const { descriptor: kept, port } = descriptors.udp(4);
  const { descriptor: target } = descriptors.udp(4);
  expect(native().duplicateOnto(kept, target)).toBe(target);
  expect(boundPort(target)).toBe(port);
});

it('closes once: the second time there is no such descriptor', () => {
  const socket = must(native().socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, 0));
  expect(native().close(socket)).toBe(0);
  expect(native().close(socket)).toBe(-LINUX.EBADF);
});

it.each([
  ['socket', () => native().socket(LINUX.AF_INET, LINUX.SOCK_STREAM, LINUX.IPPROTO_UDP), LINUX.EPROTONOSUPPORT],
  ['bind', () => native().bind(-1, nameOf(4, 0)), LINUX.EBADF],
  ['connect', () => native().connect(-1, nameOf(4, 1)), LINUX.EBADF],
  ['listen', () => native().listen(-1, 1), LINUX.EBADF],
  ['shutdown', () => native().shutdown(-1, LINUX.SHUT_RD), LINUX.EBADF],
  ['duplicate', () => native().duplicate(-1), LINUX.EBADF],
  ['setNonBlocking', () => native().setNonBlocking(-1, true), LINUX.EBADF],
  ['setCloseOnExec', () => native().setCloseOnExec(-1, true), LINUX.EBADF],
  ['socketName', () => native().socketName(0x7fff, new Uint8Array(16)), LINUX.EBADF],
])('%s gives the negated errno of a failure', (_, call, errno) => {
  expect(call()).toBe(-errno);
});

it('refuses an address of another family, and one that is taken', () => {
  using descriptors = new Descriptors();
  const { descriptor, port } = descriptors.udp(4);
  const second = descriptors.keep(native().socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, 0));
  expect(native().bind(second, nameOf(4, port))).toBe(-LINUX.EADDRINUSE);
  const unix = encodeSocketAddress({ family: 'unix', abstract: `subsocket-${process.pid}` });
  expect(native().bind(second, unix)).toBe(-LINUX.EAFNOSUPPORT);
  expect(native().connect(descriptor, unix)).toBeLessThan(0);
});

it('gives a negated errno for what is no socket', () => {
  const file = openSync('/dev/null', 'r');
  try {
    expect(native().socketName(file, new Uint8Array(16))).toBe(-LINUX.ENOTSOCK);
  } finally {
    closeSync(file);
  }
});
