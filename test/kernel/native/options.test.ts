import { expect, it } from 'vitest';
import { native } from '../../../src/io/native.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { Descriptors, must, nameOf, ready } from '../../support/kernel/loopback.js';

const { SOL_SOCKET, SO_RCVBUF, SO_LINGER } = LINUX;

it('sets and gets an integer', () => {
  using descriptors = new Descriptors();
  const { descriptor } = descriptors.udp(4);
  must(native().setIntegerOption(descriptor, LINUX.IPPROTO_IP, LINUX.IP_TTL, 77));
  const value = new Int32Array(1);
  must(native().getIntegerOption(descriptor, LINUX.IPPROTO_IP, LINUX.IP_TTL, value));
  expect(value[0]).toBe(77);
});

it('sets and gets bytes, and tells how many the kernel filled', () => {
  using descriptors = new Descriptors();
  const { descriptor } = descriptors.udp(4);
  const linger = new Uint8Array(new Int32Array([1, 5]).buffer);
  must(native().setOption(descriptor, SOL_SOCKET, SO_LINGER, linger));
  const value = new Uint8Array(64).fill(0xaa);
  expect(native().getOption(descriptor, SOL_SOCKET, SO_LINGER, value)).toBe(8);
  expect(value.subarray(0, 8)).toEqual(linger);
  expect(value[8]).toBe(0xaa);
});

it('writes no byte beyond the memory it was given', () => {
  using descriptors = new Descriptors();
  const { descriptor } = descriptors.udp(4);
  const memory = new Uint8Array(16).fill(0xaa);
  expect(native().getOption(descriptor, SOL_SOCKET, SO_RCVBUF, memory.subarray(4, 6))).toBe(2);
  expect(memory.filter(byte => byte === 0xaa)).toHaveLength(14);
});

it('attaches a filter program of classic BPF', async () => {
  using descriptors = new Descriptors();
  const receiver = descriptors.udp(4);
  const sender = descriptors.udp(4);
  // BPF_LD|BPF_B|BPF_ABS 8: first byte behind the UDP header; BPF_JMP|BPF_JEQ 'y'; BPF_RET all; BPF_RET nothing.
  const program = [
    [0x30, 0, 0, 8],
    [0x15, 0, 1, 0x79],
    [0x06, 0, 0, 0xffff],
    [0x06, 0, 0, 0],
  ];
  const bytes = new Uint8Array(program.length * LINUX.sizeof_sock_filter);
  program.forEach(([code = 0, yes = 0, no = 0, value = 0], index) => {
    const at = index * LINUX.sizeof_sock_filter;
    new Uint16Array(bytes.buffer, at, 1)[0] = code;
    bytes.set([yes, no], at + 2);
    new Uint32Array(bytes.buffer, at + 4, 1)[0] = value;
  });
  must(native().setFilterOption(receiver.descriptor, SOL_SOCKET, LINUX.SO_ATTACH_FILTER, bytes));
  for (const text of ['no', 'yes']) {
    must(native().sendMessage(sender.descriptor, new TextEncoder().encode(text), nameOf(4, receiver.port), null, 0));
  }
  await ready(receiver.descriptor);
  const data = new Uint8Array(16);
  const received = { length: 0, flags: 0, nameLength: 0, controlLength: 0 };
  expect(native().receiveMessage(receiver.descriptor, data, null, null, 0, received)).toBe(3);
  expect(native().receiveMessage(receiver.descriptor, data, null, null, 0, received)).toBe(-LINUX.EAGAIN);
});

it('refuses a filter program that could run on for ever', () => {
  using descriptors = new Descriptors();
  const { descriptor } = descriptors.udp(4);
  const noReturn = new Uint8Array(LINUX.sizeof_sock_filter);
  expect(native().setFilterOption(descriptor, SOL_SOCKET, LINUX.SO_ATTACH_FILTER, noReturn)).toBe(-LINUX.EINVAL);
});

it.each([
  ['an unknown level', 9999, 1, LINUX.EOPNOTSUPP],
  ['an unknown option', LINUX.SOL_SOCKET, 9999, LINUX.ENOPROTOOPT],
])('gives the negated errno for %s', (_, level, name, errno) => {
  using descriptors = new Descriptors();
  const { descriptor } = descriptors.udp(4);
  expect(native().getOption(descriptor, level, name, new Uint8Array(4))).toBe(-errno);
  expect(native().getIntegerOption(descriptor, level, name, new Int32Array(1))).toBe(-errno);
});
