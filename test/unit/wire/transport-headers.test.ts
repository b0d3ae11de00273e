import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pseudoHeaderSumAt, verifyInternetChecksum } from '../../../src/wire/checksum.js';
import { FieldValueError } from '../../../src/wire/field-value-error.js';
import {
  decodeTcpHeader,
  encodeTcpHeader,
  TCP_FLAG,
  type TcpHeader,
  TcpHeaderAt,
  writeTcpChecksum,
  writeTcpHeader,
} from '../../../src/wire/tcp-header.js';
import { decodeTcpOptions, encodeTcpOptions, type TcpOption } from '../../../src/wire/tcp-options.js';
import {
  decodeUdpHeader,
  encodeUdpHeader,
  UdpHeaderAt,
  verifyUdpChecksum,
  writeUdpChecksum,
  writeUdpHeader,
} from '../../../src/wire/udp-header.js';
import { WireFormatError } from '../../../src/wire/wire-format-error.js';
import { bytes, uint } from './support/arbitraries.js';
import { describeFormat } from './support/golden-format.js';
import { GOLDEN, packet } from './support/golden-packets.js';

const udp = { sourcePort: 40000, destinationPort: 33434, length: 17, checksum: 0xa42e };

describeFormat({
  name: 'UDP header',
  bytes: GOLDEN.udp4.slice(20, 28),
  value: udp,
  deconstruct: (data, at) => ({
    sourcePort: UdpHeaderAt.sourcePort(data, at),
    destinationPort: UdpHeaderAt.destinationPort(data, at),
    length: UdpHeaderAt.length(data, at),
    checksum: UdpHeaderAt.checksum(data, at),
  }),
  fields: udp,
  decode: decodeUdpHeader,
  encode: encodeUdpHeader,
  write: writeUdpHeader,
});

/** As tshark reads the SYN that the kernel sent. */
const syn: TcpHeader = {
  sourcePort: 39862,
  destinationPort: 8080,
  sequence: 911125145,
  acknowledgment: 0,
  flags: TCP_FLAG.syn,
  window: 65535,
  checksum: 0x3cbc,
  urgentPointer: 0,
  options: [
    { kind: 'maximum-segment-size', bytes: 512 },
    { kind: 'selective-acknowledgment-permitted' },
    { kind: 'timestamps', value: 2032198037, echoReply: 0 },
    { kind: 'no-operation' },
    { kind: 'window-scale', shift: 10 },
  ],
};

describeFormat({
  name: 'TCP header of a SYN',
  bytes: GOLDEN.tcpSyn4.slice(20),
  value: syn,
  deconstruct: (data, at) => ({
    sourcePort: TcpHeaderAt.sourcePort(data, at),
    destinationPort: TcpHeaderAt.destinationPort(data, at),
    sequence: TcpHeaderAt.sequence(data, at),
    acknowledgment: TcpHeaderAt.acknowledgment(data, at),
    headerLength: TcpHeaderAt.headerLength(data, at),
    flags: TcpHeaderAt.flags(data, at),
    window: TcpHeaderAt.window(data, at),
    checksum: TcpHeaderAt.checksum(data, at),
    urgentPointer: TcpHeaderAt.urgentPointer(data, at),
  }),
  fields: {
    sourcePort: 39862,
    destinationPort: 8080,
    sequence: 911125145,
    acknowledgment: 0,
    headerLength: 40,
    flags: TCP_FLAG.syn,
    window: 65535,
    checksum: 0x3cbc,
    urgentPointer: 0,
  },
  decode: decodeTcpHeader,
  encode: encodeTcpHeader,
  write: writeTcpHeader,
});

describeFormat<TcpHeader>({
  name: 'TCP header of data',
  bytes: GOLDEN.tcpData4.slice(20, 52),
  value: {
    sourcePort: 8081,
    destinationPort: 43446,
    sequence: 3663410044,
    acknowledgment: 3246234598,
    flags: TCP_FLAG.psh | TCP_FLAG.ack,
    window: 64,
    checksum: 0x10fe,
    urgentPointer: 0,
    options: [
      { kind: 'no-operation' },
      { kind: 'no-operation' },
      { kind: 'timestamps', value: 3140580990, echoReply: 3960584009 },
    ],
  },
  decode: decodeTcpHeader,
  encode: encodeTcpHeader,
  write: writeTcpHeader,
});

describe('transport checksums', () => {
  it.each([
    ['UDP over IPv4', GOLDEN.udp4, 4, 17, writeUdpChecksum],
    ['UDP over IPv6', GOLDEN.udp6, 16, 17, writeUdpChecksum],
    ['TCP over IPv4', GOLDEN.tcpSyn4, 4, 6, writeTcpChecksum],
    ['TCP over IPv4 with data', GOLDEN.tcpData4, 4, 6, writeTcpChecksum],
    ['TCP over IPv6', GOLDEN.tcpSyn6, 16, 6, writeTcpChecksum],
  ] as const)('are written as the kernel wrote them: %s', (_, golden, size, protocol, write) => {
    const start = size === 4 ? 20 : 40;
    const sum = pseudoHeaderSumAt(golden, start - 2 * size, size, protocol, golden.length - start);
    const dirty = golden.slice();
    dirty.fill(0xa5, start + (protocol === 17 ? 6 : 16), start + (protocol === 17 ? 8 : 18));
    write(dirty, start, dirty.length, sum);
    expect(dirty).toEqual(golden);
  });

  it('of UDP never says 0, which would mean none', () => {
    const datagram = packet('0000 0000 0000 0000 ffff');
    writeUdpChecksum(datagram, 0, datagram.length, 0);
    expect(UdpHeaderAt.checksum(datagram, 0)).toBe(0xffff);
    expect(verifyInternetChecksum(datagram, 0, datagram.length)).toBe(true);
  });

  it('of UDP may be absent, and is verified where it is not', () => {
    const { udp4 } = GOLDEN;
    const sum = pseudoHeaderSumAt(udp4, 12, 4, 17, udp4.length - 20);
    expect(verifyUdpChecksum(udp4, 20, udp4.length, sum)).toBe(true);
    expect(verifyUdpChecksum(udp4, 20, udp4.length, sum + 1)).toBe(false);
    const absent = udp4.slice();
    absent.fill(0, 26, 28);
    expect(verifyUdpChecksum(absent, 20, absent.length, sum)).toBe(true);
  });
});

describe('decodeTcpHeader', () => {
  it('refuses a header length below 20 bytes', () => {
    const changed = GOLDEN.tcpSyn4.slice(20);
    changed[12] = 0x40;
    expect(() => decodeTcpHeader(changed)).toThrow('a header length of 16 bytes');
  });

  it('reads a reset, which has no options', () => {
    const reset = decodeTcpHeader(GOLDEN.tcpReset4, 20);
    expect(reset).toMatchObject({ sourcePort: 8080, flags: TCP_FLAG.rst | TCP_FLAG.ack, options: [] });
  });
});

describe('TCP options', () => {
  it.each<[string, string, TcpOption[]]>([
    [
      'selective acknowledgment',
      '01 01 05 0a 00000001 00000005',
      [
        { kind: 'no-operation' },
        { kind: 'no-operation' },
        { kind: 'selective-acknowledgment', blocks: [{ left: 1, right: 5 }] },
      ],
    ],
    ['a fast-open cookie: unknown', '22 06 01020304 0000', [{ kind: 'unknown', type: 34, data: packet('01020304') }]],
    ['a segment size of 3 bytes: unknown', '02 03 05 00', [{ kind: 'unknown', type: 2, data: packet('05') }]],
    ['a window scale without shift: unknown', '03 02 0000', [{ kind: 'unknown', type: 3, data: packet('') }]],
    ['SACK permitted with data: unknown', '04 03 01 00', [{ kind: 'unknown', type: 4, data: packet('01') }]],
    ['a cut SACK block: unknown', '05 04 0000', [{ kind: 'unknown', type: 5, data: packet('0000') }]],
    ['cut timestamps: unknown', '08 04 0000', [{ kind: 'unknown', type: 8, data: packet('0000') }]],
  ])('reads and writes %s', (_, text, options) => {
    expect(decodeTcpOptions(packet(text), 0, packet(text).length)).toEqual(options);
    expect(encodeTcpOptions(options)).toEqual(packet(text));
  });

  it.each(['02', '0200', '0201', '0205 0000'])('refuses the malformed option %s', text => {
    expect(() => decodeTcpOptions(packet(text), 0, packet(text).length)).toThrow(WireFormatError);
  });
});

describe('transport header fields out of range', () => {
  it.each([
    ['sourcePort', -1],
    ['destinationPort', 65536],
    ['length', 65536],
    ['checksum', 0.5],
  ])('refuses UDP %s %d by name', (field, value) => {
    const encode = () => encodeUdpHeader({ ...udp, [field]: value });
    expect(encode).toThrow(expect.objectContaining({ code: 'FIELD_VALUE', field, value }));
  });

  it.each<[string, unknown]>([
    ['sourcePort', 65536],
    ['destinationPort', -1],
    ['sequence', 2 ** 32],
    ['acknowledgment', -1],
    ['flags', 0x1000],
    ['window', 65536],
    ['checksum', -1],
    ['urgentPointer', 65536],
  ])('refuses TCP %s %d by name', (field, value) => {
    const encode = () => encodeTcpHeader({ ...syn, [field]: value });
    expect(encode).toThrow(expect.objectContaining({ code: 'FIELD_VALUE', field, value }));
  });

  it.each<TcpOption>([
    { kind: 'maximum-segment-size', bytes: 65536 },
    { kind: 'window-scale', shift: 256 },
    { kind: 'timestamps', value: -1, echoReply: 0 },
    { kind: 'unknown', type: 1, data: new Uint8Array(0) },
    { kind: 'unknown', type: 9, data: new Uint8Array(39) },
  ])('refuses the option %j', option => expect(() => encodeTcpOptions([option])).toThrow(FieldValueError));
});

describe('transport headers of any value', () => {
  it('come back as they were', () => {
    const block = fc.record({ left: uint(32), right: uint(32) });
    const option: fc.Arbitrary<TcpOption> = fc.oneof(
      fc.constant<TcpOption>({ kind: 'no-operation' }),
      fc.record({ kind: fc.constant('maximum-segment-size' as const), bytes: uint(16) }),
      fc.record({ kind: fc.constant('window-scale' as const), shift: uint(8) }),
      fc.record({ kind: fc.constant('timestamps' as const), value: uint(32), echoReply: uint(32) }),
      fc.record({ kind: fc.constant('selective-acknowledgment' as const), blocks: fc.array(block, { maxLength: 1 }) }),
      fc.record({ kind: fc.constant('unknown' as const), type: fc.constantFrom(19, 34, 253), data: bytes(0, 8) }),
    );
    const header = fc.record({
      sourcePort: uint(16),
      destinationPort: uint(16),
      sequence: uint(32),
      acknowledgment: uint(32),
      flags: uint(12),
      window: uint(16),
      checksum: uint(16),
      urgentPointer: uint(16),
      options: fc.array(option, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(header, value => {
        expect(decodeTcpHeader(encodeTcpHeader(value))).toEqual(value);
      }),
    );
  });
});
