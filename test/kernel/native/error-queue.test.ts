import { expect, it } from 'vitest';
import { native, UV_PRIORITIZED, UV_READABLE } from '../../../src/io/native.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { decodeControlMessages } from '../../../src/wire/control-message.js';
import { decodeExtendedError } from '../../../src/wire/extended-error.js';
import { decodeSocketAddress } from '../../../src/wire/socket-address.js';
import { Descriptors, families, LOOPBACK, must, nameOf, ready } from '../../support/kernel/loopback.js';

const RECEIVE_ERRORS = {
  4: { level: LINUX.IPPROTO_IP, name: LINUX.IP_RECVERR, origin: 'icmp', type: 3, code: 3 },
  6: { level: LINUX.IPPROTO_IPV6, name: LINUX.IPV6_RECVERR, origin: 'icmp6', type: 1, code: 4 },
} as const;

const nothing = () => ({ length: 0, flags: 0, nameLength: 0, controlLength: 0 });

it.each(families)('tells which datagram nobody received, and who said so, family %i', async family => {
  using descriptors = new Descriptors();
  const { descriptor } = descriptors.udp(family);
  const { level, name, origin, type, code } = RECEIVE_ERRORS[family];
  must(native().setIntegerOption(descriptor, level, name, 1));
  must(native().setIntegerOption(descriptor, LINUX.SOL_SOCKET, LINUX.SO_SELECT_ERR_QUEUE, 1));
  const port = descriptors.unusedPort(family);
  must(native().sendMessage(descriptor, new TextEncoder().encode('lost'), nameOf(family, port), null, 0));
  expect((await ready(descriptor, UV_READABLE | UV_PRIORITIZED)) & UV_PRIORITIZED).toBe(UV_PRIORITIZED);
  const [data, address, control, received] = [new Uint8Array(64), new Uint8Array(128), new Uint8Array(256), nothing()];
  expect(native().receiveMessage(descriptor, data, address, control, LINUX.MSG_ERRQUEUE, received)).toBe(4);
  expect(new TextDecoder().decode(data.subarray(0, 4))).toBe('lost');
  expect(decodeSocketAddress(address, 0, received.nameLength)).toMatchObject({ port });
  const message = decodeControlMessages(control, 0, received.controlLength).find(found => found.type === name);
  const error = decodeExtendedError(message?.data ?? new Uint8Array(0));
  expect(error).toMatchObject({ errno: LINUX.ECONNREFUSED, origin, type, code });
  expect(String((error.offender as { address?: unknown } | undefined)?.address)).toBe(LOOPBACK[family]);
});

it('gives -EAGAIN where the error queue is empty', () => {
  using descriptors = new Descriptors();
  const { descriptor } = descriptors.udp(4);
  const result = native().receiveMessage(descriptor, new Uint8Array(8), null, null, LINUX.MSG_ERRQUEUE, nothing());
  expect(result).toBe(-LINUX.EAGAIN);
});

it.each(families)('gives the error of a connected socket to the next call, once, family %i', async family => {
  using descriptors = new Descriptors();
  const { descriptor } = descriptors.udp(family);
  must(native().connect(descriptor, nameOf(family, descriptors.unusedPort(family))));
  must(native().sendMessage(descriptor, new Uint8Array(1), null, null, 0));
  expect(await ready(descriptor)).toBe(UV_READABLE);
  const receive = () => native().receiveMessage(descriptor, new Uint8Array(8), null, null, 0, nothing());
  expect(receive()).toBe(-LINUX.ECONNREFUSED);
  expect(receive()).toBe(-LINUX.EAGAIN);
});
