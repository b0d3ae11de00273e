import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PacketSlot } from '../../../../src/engine/packet-slot.js';
import { createProbe } from '../../../../src/engine/trace/create-probe.js';
import type { Probe } from '../../../../src/engine/trace/probe.js';
import { ProbeWriter, smallestPacket } from '../../../../src/engine/trace/probe-writer.js';
import type { TraceProtocol } from '../../../../src/engine/trace/trace-event.js';
import type { TransmitLane } from '../../../../src/engine/trace/trace-lanes.js';
import { uint16, uint32 } from '../../../../src/wire/byte-order.js';
import { pseudoHeaderSum, verifyInternetChecksum } from '../../../../src/wire/checksum.js';
import { type Family, IpAddress } from '../../../../src/wire/ip-address.js';

const PROTOCOL_NUMBER = { udp: 17, tcp: 6, icmp: 1 } as const;
const ADDRESSES = {
  4: [IpAddress.parse('192.0.2.1'), IpAddress.parse('198.51.100.7')],
  6: [IpAddress.parse('2001:db8::1'), IpAddress.parse('2001:db8:ff::7')],
} as const;

function slot(): PacketSlot {
  const bytes = new Uint8Array(70_000).fill(0xee);
  const view = new DataView(bytes.buffer);
  const empty = { author: undefined, length: 0, lane: 0, family: 4 as Family, port: 0, scopeId: 0, flowLabel: 0 };
  return { bytes, view, ...empty, destination: new Uint32Array(4), hopLimit: 0, trafficClass: -1, probe: -1 };
}

function write(family: Family, protocol: TraceProtocol, change: Partial<Probe> = {}): PacketSlot {
  const [source, destination] = ADDRESSES[family];
  const lane: TransmitLane = { lane: 2, header: 'ours', local: 40_000 };
  const request = { hopLimit: 5, protocol, flow: 1, port: 33_434, packetLength: 100, purpose: 0 };
  const context = { index: 0, target: { label: 'x', source, address: destination, scopeId: 0, mtu: 1500 } };
  const probe = { ...createProbe({ ...request, ...change }, context, lane), token: 7, ...change };
  const packet = slot();
  new ProbeWriter({ high: 0x01234567, low: 0x89abcdef }, 0x5a5a).write(packet, probe, lane);
  return packet;
}

/** The kernel's sum of an ICMPv6 message covers a pseudo-header, an ICMP message's does not. */
function isIntact({ family, bytes, length }: PacketSlot, protocol: TraceProtocol): boolean {
  const [source, destination] = ADDRESSES[family];
  const number = protocol === 'icmp' && family === 6 ? 58 : PROTOCOL_NUMBER[protocol];
  const bare = protocol === 'icmp' && family === 4;
  return verifyInternetChecksum(bytes, 0, length, bare ? 0 : pseudoHeaderSum(source, destination, number, length));
}

const families = [4, 6] as const;
const protocols = ['udp', 'icmp', 'tcp'] as const;
const kinds = families.flatMap(family => protocols.map(protocol => ({ family, protocol })));
const CHECKSUM_AT = { udp: 6, icmp: 2, tcp: 16 } as const;

describe.each(kinds)('a probe of $protocol over IPv$family', ({ family, protocol }) => {
  it('has a right checksum, whatever its token, flow and length', () => {
    const least = smallestPacket(family, protocol);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 0xfffe }),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: least, max: 2000 }),
        (token, flow, packetLength) => {
          expect(isIntact(write(family, protocol, { token, flow, packetLength }), protocol)).toBe(true);
        },
      ),
    );
  });

  it('has the length that was asked for, and its hop limit', () => {
    expect(write(family, protocol)).toMatchObject({ length: 100 - (family === 4 ? 20 : 40), hopLimit: 5, lane: 2 });
  });

  it('looks the same to a load balancer for every token of a flow', () => {
    const one = write(family, protocol, { token: 1 });
    const other = write(family, protocol, { token: 0xfffe });
    expect(uint32(one.bytes, 0)).toBe(uint32(other.bytes, 0));
    expect(one.flowLabel).toBe(other.flowLabel);
    if (protocol === 'icmp') expect(uint16(one.bytes, 2)).toBe(uint16(other.bytes, 2));
  });

  it('looks different for another flow', () => {
    const one = write(family, protocol, { flow: 1 });
    const other = write(family, protocol, { flow: 2 });
    expect(uint32(one.bytes, 0)).not.toBe(uint32(other.bytes, 0));
    if (family === 6) expect(one.flowLabel).not.toBe(other.flowLabel);
  });

  it('shows its token in the first eight bytes, which every router quotes', () => {
    const at = { udp: CHECKSUM_AT.udp, icmp: 6, tcp: 6 }[protocol];
    expect(uint16(write(family, protocol, { token: 0x1234 }).bytes, at)).toBe(0x1234);
  });
});

it('the flow label is never 0, which would leave it to the kernel', () => {
  for (let flow = 1; flow < 5000; flow++) expect(write(6, 'udp', { flow }).flowLabel).toBeGreaterThan(0);
});
