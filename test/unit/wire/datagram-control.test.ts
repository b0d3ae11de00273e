import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { encodeControlMessages } from '../../../src/wire/control-message.js';
import { DatagramControl } from '../../../src/wire/datagram-control.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { encodeOutgoingControl, type OutgoingControl } from '../../../src/wire/outgoing-control.js';
import { encodePacketInfo, PacketInfoAt } from '../../../src/wire/packet-info.js';
import { WireFormatError } from '../../../src/wire/wire-format-error.js';

const integer = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);

function read(bytes: Uint8Array, length = bytes.length): DatagramControl {
  const aligned = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  aligned.set(bytes);
  return new DatagramControl().read(new Uint32Array(aligned.buffer), 0, length);
}

test('every value that is sent by control message is found where a receiver looks for it', () => {
  const source = IpAddress.parse('2001:db8::7');
  const bytes = encodeOutgoingControl({
    family: 6,
    source,
    interfaceIndex: 9,
    hopLimit: 33,
    trafficClass: 0xb8,
    extensionHeaders: [{ kind: 'hop-by-hop', options: [] }],
  });
  const control = read(bytes);
  expect(control).toMatchObject({ hopLimit: 33, trafficClass: 0xb8, packetInfoFamily: 6, drops: 0, segmentSize: 0 });
  expect(PacketInfoAt.destination(bytes, control.packetInfoStart, 6).toString()).toBe('2001:db8::7');
  expect(PacketInfoAt.interfaceIndex(bytes, control.packetInfoStart, 6)).toBe(9);
});

test('of both packet informations of a dual socket, that of IPv4 counts', () => {
  const v4 = {
    level: LINUX.IPPROTO_IP,
    type: LINUX.IP_PKTINFO,
    data: encodePacketInfo({ address: IpAddress.parse('192.0.2.1'), interfaceIndex: 3 }),
  };
  const v6 = {
    level: LINUX.IPPROTO_IPV6,
    type: LINUX.IPV6_PKTINFO,
    data: encodePacketInfo({ address: IpAddress.parse('::ffff:192.0.2.1'), interfaceIndex: 3 }),
  };
  for (const messages of [
    [v4, v6],
    [v6, v4],
  ]) {
    expect(read(encodeControlMessages(messages)).packetInfoFamily).toBe(4);
  }
});

test('a reader forgets what it read before', () => {
  const reader = new DatagramControl();
  const bytes = encodeControlMessages([{ level: LINUX.SOL_SOCKET, type: LINUX.SO_RXQ_OVFL, data: integer(12) }]);
  const words = new Uint32Array(bytes.slice().buffer);
  expect(reader.read(words, 0, bytes.length).drops).toBe(12);
  expect(reader.read(words, 0, 0).drops).toBe(0);
});

test('nothing but a WireFormatError comes of arbitrary bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 128 }), bytes => {
      try {
        read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(WireFormatError);
      }
    }),
  );
});

test.each<[OutgoingControl, RegExp]>([
  [{ family: 4, hopLimit: 0 }, /hopLimit is 0/],
  [{ family: 6, hopLimit: 256 }, /hopLimit is 256/],
  [{ family: 4, trafficClass: 1.5 }, /trafficClass is 1.5/],
  [{ family: 4, segmentSize: 65_536 }, /segmentSize is 65536/],
  [{ family: 4, source: IpAddress.parse('::1') }, /source is ::1/],
  [{ family: 4, extensionHeaders: [{ kind: 'hop-by-hop', options: [] }] }, /none in an IPv4 packet/],
  [{ family: 6, interfaceIndex: -1 }, /interfaceIndex is -1/],
])('%o is refused by name', (control, message) => {
  expect(() => encodeOutgoingControl(control)).toThrow(message);
});
