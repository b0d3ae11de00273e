import { expect, it } from 'vitest';
import { native } from '../../../src/io/native.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { decodeControlMessages, encodeControlMessages } from '../../../src/wire/control-message.js';
import { decodeSocketAddress } from '../../../src/wire/socket-address.js';
import { Descriptors, families, must, nameOf, openDescriptors, ready } from '../../support/kernel/loopback.js';

const nothing = () => ({ length: 0, flags: 0, nameLength: 0, controlLength: 0 });

it.each(families)('sends to an address and tells the sender, family %i', async family => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(family), descriptors.udp(family)];
  const text = new TextEncoder().encode('hello');
  expect(native().sendMessage(sender.descriptor, text, nameOf(family, receiver.port), null, 0)).toBe(5);
  await ready(receiver.descriptor);
  const [data, name, received] = [new Uint8Array(16), new Uint8Array(128), nothing()];
  expect(native().receiveMessage(receiver.descriptor, data, name, null, 0, received)).toBe(5);
  expect(new TextDecoder().decode(data.subarray(0, 5))).toBe('hello');
  expect(decodeSocketAddress(name, 0, received.nameLength)).toMatchObject({ port: sender.port });
});

it.each(families)('sends and receives control messages, family %i', async family => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(family), descriptors.udp(family)];
  const { level, hops, receive } =
    family === 4
      ? { level: LINUX.IPPROTO_IP, hops: LINUX.IP_TTL, receive: LINUX.IP_RECVTTL }
      : { level: LINUX.IPPROTO_IPV6, hops: LINUX.IPV6_HOPLIMIT, receive: LINUX.IPV6_RECVHOPLIMIT };
  must(native().setIntegerOption(receiver.descriptor, level, receive, 1));
  const control = encodeControlMessages([{ level, type: hops, data: new Uint8Array(new Int32Array([42]).buffer) }]);
  must(native().sendMessage(sender.descriptor, new Uint8Array(1), nameOf(family, receiver.port), control, 0));
  await ready(receiver.descriptor);
  const [data, space, received] = [new Uint8Array(1), new Uint8Array(256), nothing()];
  must(native().receiveMessage(receiver.descriptor, data, null, space, 0, received));
  const [message] = decodeControlMessages(space, 0, received.controlLength);
  expect(message).toMatchObject({ level, type: hops });
  expect(message?.data[0]).toBe(42);
});

it('tells that data or control data were cut', async () => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(4), descriptors.udp(4)];
  must(native().setIntegerOption(receiver.descriptor, LINUX.IPPROTO_IP, LINUX.IP_RECVTTL, 1));
  must(native().sendMessage(sender.descriptor, new Uint8Array(100), nameOf(4, receiver.port), null, 0));
  await ready(receiver.descriptor);
  const received = nothing();
  const result = native().receiveMessage(
    receiver.descriptor,
    new Uint8Array(10),
    null,
    new Uint8Array(4),
    LINUX.MSG_TRUNC,
    received,
  );
  expect(result).toBe(100);
  expect(received.flags & (LINUX.MSG_TRUNC | LINUX.MSG_CTRUNC)).toBe(LINUX.MSG_TRUNC | LINUX.MSG_CTRUNC);
});

it('gives -EAGAIN where nothing waits, and never blocks', () => {
  using descriptors = new Descriptors();
  const { descriptor } = descriptors.udp(4);
  must(native().setNonBlocking(descriptor, false));
  expect(native().receiveMessage(descriptor, new Uint8Array(8), null, null, 0, nothing())).toBe(-LINUX.EAGAIN);
});

it('passes descriptors, which are not inherited by programs and end with their socket', async () => {
  const before = openDescriptors();
  {
    using descriptors = new Descriptors();
    const pair = new Int32Array(2);
    must(native().socketPair(LINUX.AF_UNIX, LINUX.SOCK_DGRAM, 0, pair));
    const [one, other] = [descriptors.keep(pair[0] ?? -1), descriptors.keep(pair[1] ?? -1)];
    const { descriptor, port } = descriptors.udp(4);
    const data = new Uint8Array(new Int32Array([descriptor]).buffer);
    const control = encodeControlMessages([{ level: LINUX.SOL_SOCKET, type: LINUX.SCM_RIGHTS, data }]);
    must(native().sendMessage(one, new Uint8Array(1), null, control, 0));
    await ready(other);
    const [space, received] = [new Uint8Array(64), nothing()];
    must(native().receiveMessage(other, new Uint8Array(1), null, space, 0, received));
    const [message] = decodeControlMessages(space, 0, received.controlLength);
    const passed = descriptors.keep(
      new DataView((message?.data ?? new Uint8Array(4)).slice().buffer).getInt32(0, true),
    );
    const name = new Uint8Array(16);
    must(native().socketName(passed, name));
    expect(passed).not.toBe(descriptor);
    expect(decodeSocketAddress(name)).toMatchObject({ port });
  }
  expect(openDescriptors()).toBe(before);
});

it.each([
  ['a destination that is missing', null, LINUX.EDESTADDRREQ],
  ['an address cut short', nameOf(4, 9).subarray(0, 8), LINUX.EINVAL],
])('gives the negated errno for %s', (_, name, errno) => {
  using descriptors = new Descriptors();
  const { descriptor } = descriptors.udp(4);
  expect(native().sendMessage(descriptor, new Uint8Array(1), name, null, 0)).toBe(-errno);
});

it('refuses a datagram that is too long', () => {
  using descriptors = new Descriptors();
  const { descriptor, port } = descriptors.udp(4);
  expect(native().sendMessage(descriptor, new Uint8Array(65508), nameOf(4, port), null, 0)).toBe(-LINUX.EMSGSIZE);
});
