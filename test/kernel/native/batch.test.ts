import { expect, it } from 'vitest';
import { MessageBatch } from '../../../src/io/message-batch.js';
import { native } from '../../../src/io/native.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { decodeControlMessages } from '../../../src/wire/control-message.js';
import type { Family } from '../../../src/wire/ip-address.js';
import { decodeSocketAddress } from '../../../src/wire/socket-address.js';
import { Descriptors, domainOf, families, must, nameOf, ready } from '../../support/kernel/loopback.js';

const newBatch = (slots = 8): MessageBatch => new MessageBatch({ slots, payloadBytes: 64 });

/** Puts a message of `length` bytes, each of them the slot's number, into a slot. */
function fill(batch: MessageBatch, slot: number, name: Uint8Array, length = slot + 1): void {
  batch.payload.fill(slot, slot * batch.payloadStride, slot * batch.payloadStride + length);
  batch.names.set(name, slot * batch.nameStride);
  batch.lengths[slot] = length;
  batch.nameLengths[slot] = name.length;
  batch.controlLengths[slot] = 0;
}

const payloadOf = (batch: MessageBatch, slot: number): number[] => {
  const start = slot * batch.payloadStride;
  return [...batch.payload.subarray(start, start + (batch.lengths[slot] ?? 0))];
};

it.each(families)('moves messages with their lengths, names and contents, family %i', async family => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(family), descriptors.udp(family)];
  const [out, incoming] = [newBatch(), newBatch()];
  for (let slot = 0; slot < 8; slot++) fill(out, slot, nameOf(family, receiver.port));
  expect(out.send(sender.descriptor, 0, 8)).toBe(8);
  expect([...out.results]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  await ready(receiver.descriptor);
  expect(incoming.receive(receiver.descriptor, 0)).toBe(8);
  for (let slot = 0; slot < 8; slot++) {
    expect(payloadOf(incoming, slot)).toEqual(Array(slot + 1).fill(slot));
    const nameStart = slot * incoming.nameStride;
    const name = decodeSocketAddress(incoming.names, nameStart, incoming.nameLengths[slot]);
    expect(name).toMatchObject({ port: sender.port });
  }
});

it('sends a part of its slots, from any on', async () => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(4), descriptors.udp(4)];
  const [out, incoming] = [newBatch(), newBatch()];
  for (let slot = 0; slot < 8; slot++) fill(out, slot, nameOf(4, receiver.port));
  expect(out.send(sender.descriptor, 5, 2)).toBe(2);
  await ready(receiver.descriptor);
  expect(incoming.receive(receiver.descriptor, 0)).toBe(2);
  expect([payloadOf(incoming, 0), payloadOf(incoming, 1)]).toEqual([Array(6).fill(5), Array(7).fill(6)]);
});

it('never goes beyond its slots, whatever it is asked', () => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(4), descriptors.udp(4)];
  const out = newBatch();
  for (let slot = 0; slot < 8; slot++) fill(out, slot, nameOf(4, receiver.port));
  expect(out.send(sender.descriptor, 6, 100)).toBe(2);
  expect(out.send(sender.descriptor, 100, 100)).toBe(0);
  expect(newBatch().receive(receiver.descriptor, 0, 100)).toBe(2);
});

it('takes no more than it is asked, and the rest at the next call', async () => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(4), descriptors.udp(4)];
  const [out, incoming] = [newBatch(), newBatch()];
  for (let slot = 0; slot < 5; slot++) fill(out, slot, nameOf(4, receiver.port));
  out.send(sender.descriptor, 0, 5);
  await ready(receiver.descriptor);
  expect(incoming.receive(receiver.descriptor, 0, 3)).toBe(3);
  expect(incoming.receive(receiver.descriptor, 0)).toBe(2);
  expect(payloadOf(incoming, 1)).toEqual(Array(5).fill(4));
  expect(incoming.receive(receiver.descriptor, 0)).toBe(-LINUX.EAGAIN);
});

it("goes on behind a slot that fails, and tells each one's fate", async () => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(4), descriptors.udp(4)];
  const [out, incoming] = [newBatch(), newBatch()];
  for (let slot = 0; slot < 8; slot++) fill(out, slot, nameOf(4, receiver.port));
  fill(out, 0, nameOf(6, receiver.port));
  fill(out, 3, nameOf(4, receiver.port, '255.255.255.255'));
  out.nameLengths[4] = 3;
  fill(out, 7, new Uint8Array(0));
  expect(out.send(sender.descriptor, 0, 8)).toBe(8);
  const { EAFNOSUPPORT, EACCES, EINVAL, EDESTADDRREQ } = LINUX;
  expect([...out.results]).toEqual([-EAFNOSUPPORT, 2, 3, -EACCES, -EINVAL, 6, 7, -EDESTADDRREQ]);
  await ready(receiver.descriptor);
  expect(incoming.receive(receiver.descriptor, 0)).toBe(4);
});

it('tells the fate of every slot where the socket itself is of no use', () => {
  const out = newBatch(3);
  for (let slot = 0; slot < 3; slot++) fill(out, slot, nameOf(4, 9));
  expect(out.send(-1, 0, 3)).toBe(3);
  expect([...out.results]).toEqual(Array(3).fill(-LINUX.EBADF));
  expect(out.receive(-1, 0)).toBe(-LINUX.EBADF);
});

it("ends where the socket's buffer is full, and goes on from there when it is not", () => {
  using descriptors = new Descriptors();
  const pair = new Int32Array(2);
  must(native().socketPair(LINUX.AF_UNIX, LINUX.SOCK_DGRAM, 0, pair));
  const [one, other] = [descriptors.keep(pair[0] ?? -1), descriptors.keep(pair[1] ?? -1)];
  const out = new MessageBatch({ slots: 64, payloadBytes: 4096 });
  const incoming = new MessageBatch({ slots: 64, payloadBytes: 4096 });
  for (let slot = 0; slot < 64; slot++) fill(out, slot, new Uint8Array(0), 4096);
  let [sent, received, pauses] = [0, 0, 0];
  while (sent < 64) {
    sent += out.send(one, sent, 64 - sent);
    if (sent < 64) pauses++;
    for (let count = incoming.receive(other, 0); count > 0; count = incoming.receive(other, 0)) {
      for (let slot = 0; slot < count; slot++) expect(incoming.payload[slot * 4096]).toBe(received + slot);
      received += count;
    }
  }
  expect(pauses).toBeGreaterThan(0);
  expect(received).toBe(64);
});

it('leaves the results of slots behind a full buffer as they were', () => {
  using descriptors = new Descriptors();
  const pair = new Int32Array(2);
  must(native().socketPair(LINUX.AF_UNIX, LINUX.SOCK_DGRAM, 0, pair));
  const one = descriptors.keep(pair[0] ?? -1);
  descriptors.keep(pair[1] ?? -1);
  const out = new MessageBatch({ slots: 1024, payloadBytes: 1024 });
  for (let slot = 0; slot < 1024; slot++) fill(out, slot, new Uint8Array(0), 1024);
  out.results.fill(12345);
  const sent = out.send(one, 0, 1024);
  expect(sent).toBeGreaterThan(0);
  expect(sent).toBeLessThan(1024);
  expect([...out.results]).toEqual([...Array(sent).fill(1024), ...Array(1024 - sent).fill(12345)]);
});

it('marks a message that is longer than its slot, and tells its true length where asked', async () => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(4), descriptors.udp(4)];
  const incoming = newBatch();
  must(native().sendMessage(sender.descriptor, new Uint8Array(1000), nameOf(4, receiver.port), null, 0));
  await ready(receiver.descriptor);
  expect(incoming.receive(receiver.descriptor, LINUX.MSG_TRUNC)).toBe(1);
  expect(incoming.lengths[0]).toBe(1000);
  expect((incoming.flags[0] ?? 0) & LINUX.MSG_TRUNC).toBe(LINUX.MSG_TRUNC);
});

it('receives into every slot anew: nothing of an earlier message shortens a later one', async () => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(4), descriptors.udp(4)];
  const incoming = newBatch(1);
  for (const length of [1, 64, 2]) {
    must(native().sendMessage(sender.descriptor, new Uint8Array(length), nameOf(4, receiver.port), null, 0));
    await ready(receiver.descriptor);
    expect(incoming.receive(receiver.descriptor, 0)).toBe(1);
    expect([incoming.lengths[0], incoming.nameLengths[0]]).toEqual([length, LINUX.sizeof_sockaddr_in]);
  }
});

it.each(families)("decodes the kernel's receive stamp, family %i", async family => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(family), descriptors.udp(family)];
  const incoming = newBatch();
  must(native().setIntegerOption(receiver.descriptor, LINUX.SOL_SOCKET, LINUX.SO_TIMESTAMPNS, 1));
  const before = native().realtimeNow();
  must(native().sendMessage(sender.descriptor, new Uint8Array(1), nameOf(family, receiver.port), null, 0));
  await ready(receiver.descriptor);
  expect(incoming.receive(receiver.descriptor, 0)).toBe(1);
  expect(incoming.stamps[0]).toBeGreaterThanOrEqual(before);
  expect(incoming.stamps[0]).toBeLessThanOrEqual(native().realtimeNow());
  const [message] = decodeControlMessages(incoming.control, 0, incoming.controlLengths[0]);
  expect(message).toMatchObject({ level: LINUX.SOL_SOCKET, type: LINUX.SCM_TIMESTAMPNS });
});

it('has no stamp where none was asked for', async () => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(4), descriptors.udp(4)];
  const incoming = newBatch();
  must(native().sendMessage(sender.descriptor, new Uint8Array(1), nameOf(4, receiver.port), null, 0));
  await ready(receiver.descriptor);
  incoming.receive(receiver.descriptor, 0);
  expect(incoming.stamps[0]).toBeNaN();
});

it.each(families)(
  "decodes the kernel's transmit stamp from the error queue, with the packet it is about, family %i",
  async family => {
    using descriptors = new Descriptors();
    const [sender, receiver] = [descriptors.udp(family), descriptors.udp(family)];
    const { SOF_TIMESTAMPING_TX_SOFTWARE, SOF_TIMESTAMPING_SOFTWARE } = LINUX;
    const flags = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
    must(native().setIntegerOption(sender.descriptor, LINUX.SOL_SOCKET, LINUX.SO_TIMESTAMPING, flags));
    const [out, stamps] = [newBatch(), new MessageBatch({ slots: 4, payloadBytes: 256 })];
    fill(out, 0, nameOf(family, receiver.port), 9);
    const before = native().realtimeNow();
    out.send(sender.descriptor, 0, 1);
    await ready(sender.descriptor);
    expect(stamps.receive(sender.descriptor, LINUX.MSG_ERRQUEUE)).toBe(1);
    expect(stamps.stamps[0]).toBeGreaterThanOrEqual(before);
    expect(stamps.stamps[0]).toBeLessThanOrEqual(native().realtimeNow());
    expect(stamps.origins[0]).toBe(LINUX.SO_EE_ORIGIN_TIMESTAMPING);
    const sent = stamps.payload.subarray(0, stamps.lengths[0]);
    expect([...sent.subarray(-9)]).toEqual(Array(9).fill(0));
  },
);

it.each(families)('tells who made an extended error, and nobody where there is none, family %i', async family => {
  using descriptors = new Descriptors();
  const { descriptor, port } = descriptors.udp(family);
  const gone = closedPort(family);
  const [level, name] = family === 4 ? [LINUX.IPPROTO_IP, LINUX.IP_RECVERR] : [LINUX.IPPROTO_IPV6, LINUX.IPV6_RECVERR];
  must(native().setIntegerOption(descriptor, level, name, 1));
  const [out, incoming] = [newBatch(), newBatch()];
  fill(out, 0, nameOf(family, gone));
  out.send(descriptor, 0, 1);
  await ready(descriptor);
  expect(incoming.receive(descriptor, LINUX.MSG_ERRQUEUE)).toBe(1);
  expect(incoming.origins[0]).toBe(family === 4 ? LINUX.SO_EE_ORIGIN_ICMP : LINUX.SO_EE_ORIGIN_ICMP6);
  fill(out, 0, nameOf(family, port));
  expect(out.send(descriptor, 0, 1)).toBe(1);
  await ready(descriptor);
  expect(incoming.receive(descriptor, 0)).toBe(1);
  expect(incoming.origins[0]).toBe(LINUX.SO_EE_ORIGIN_NONE);
});

/** A UDP port of loopback that nobody has. */
function closedPort(family: Family): number {
  using descriptors = new Descriptors();
  return descriptors.udp(family).port;
}

it('carries control messages with each slot', async () => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(4), descriptors.udp(4)];
  must(native().setIntegerOption(receiver.descriptor, LINUX.IPPROTO_IP, LINUX.IP_RECVTTL, 1));
  const [out, incoming] = [newBatch(), newBatch()];
  for (let slot = 0; slot < 4; slot++) {
    fill(out, slot, nameOf(4, receiver.port));
    const at = slot * out.controlStride;
    const space = LINUX.CMSG_ALIGNMENT * Math.ceil(LINUX.sizeof_cmsghdr / LINUX.CMSG_ALIGNMENT);
    out.controlView.setBigUint64(at + LINUX.offsetof_cmsghdr_cmsg_len, BigInt(space + 4), true);
    out.controlView.setInt32(at + LINUX.offsetof_cmsghdr_cmsg_level, LINUX.IPPROTO_IP, true);
    out.controlView.setInt32(at + LINUX.offsetof_cmsghdr_cmsg_type, LINUX.IP_TTL, true);
    out.controlView.setInt32(at + space, slot + 1, true);
    out.controlLengths[slot] = space + LINUX.CMSG_ALIGNMENT;
  }
  expect(out.send(sender.descriptor, 0, 4)).toBe(4);
  expect([...out.results].slice(0, 4)).toEqual([1, 2, 3, 4]);
  await ready(receiver.descriptor);
  expect(incoming.receive(receiver.descriptor, 0)).toBe(4);
  const hops = [0, 1, 2, 3].map(slot => {
    const start = slot * incoming.controlStride;
    const [message] = decodeControlMessages(incoming.control, start, start + (incoming.controlLengths[slot] ?? 0));
    return message?.data[0];
  });
  expect(hops).toEqual([1, 2, 3, 4]);
});

it('works on a connected socket without names', async () => {
  using descriptors = new Descriptors();
  const receiver = descriptors.udp(4);
  const sender = descriptors.keep(native().socket(domainOf(4), LINUX.SOCK_DGRAM, 0));
  must(native().connect(sender, nameOf(4, receiver.port)));
  const [out, incoming] = [newBatch(), newBatch()];
  for (let slot = 0; slot < 3; slot++) fill(out, slot, new Uint8Array(0));
  expect(out.send(sender, 0, 3)).toBe(3);
  await ready(receiver.descriptor);
  expect(incoming.receive(receiver.descriptor, 0)).toBe(3);
});
