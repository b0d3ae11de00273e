import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Chain, chain, describeNeeding, Lab } from '../../support/lab/index.js';

const FIELDS = {
  length: 'frame.len',
  expert: '_ws.expert.severity',
  ttl: 'ip.ttl',
  hopLimit: 'ipv6.hlim',
  flowLabel: 'ipv6.flow',
  udpSource: 'udp.srcport',
  udpDestination: 'udp.dstport',
  udpChecksum: 'udp.checksum',
  udpStatus: 'udp.checksum.status',
  tcpSource: 'tcp.srcport',
  tcpDestination: 'tcp.dstport',
  tcpSequence: 'tcp.seq_raw',
  tcpFlags: 'tcp.flags',
  tcpStatus: 'tcp.checksum.status',
  icmpType: 'icmp.type',
  icmpChecksum: 'icmp.checksum',
  icmpSequence: 'icmp.seq',
  icmpStatus: 'icmp.checksum.status',
  icmp6Type: 'icmpv6.type',
  icmp6Checksum: 'icmpv6.checksum',
  icmp6Sequence: 'icmpv6.echo.sequence_number',
  icmp6Status: 'icmpv6.checksum.status',
  malformed: '_ws.malformed',
} as const;

type Packet = Record<keyof typeof FIELDS, string>;

const VERIFY = ['ip', 'udp', 'tcp'].flatMap(protocol => ['-o', `${protocol}.check_checksum:TRUE`]);
/** Our source port is the kernel's choice: without this, a payload from 37008 is read as TZSP, and "malformed". */
const PAYLOAD_IS_DATA = ['-d', 'udp.port==1-65535,data'];
const ETHERNET = 14;
/** tshark's checksum status. */
const GOOD = '1';
/** Our host's own reset of a connection that it knows nothing of is no probe. */
const SYN = '0x0002';
/** A size that no probe has. */
const MARKER_PAYLOAD = 333;

const isMarker = ({ length }: Packet): boolean => Number(length) > MARKER_PAYLOAD;

/** A router's error, which the filter lets pass for the packet of ours that it quotes. */
const isError = ({ icmpType, icmp6Type }: Packet): boolean =>
  ['3', '11'].includes(icmpType) || ['1', '3'].includes(icmp6Type);

function packetOf(line: string): Packet {
  const names = Object.keys(FIELDS);
  return Object.fromEntries(line.split('|').map((value, index) => [names[index], value])) as Packet;
}

describeNeeding(['namespaces', 'program:tshark'], 'the probes on the wire', () => {
  let lab: Lab;
  let path: Chain;

  beforeAll(() => {
    lab = new Lab();
    path = chain(lab, 2);
  });
  afterAll(() => lab.close());

  /** What tshark reads of the packets that leave the client while a trace runs. */
  async function probesOf(protocol: string, family: 4 | 6, args: readonly string[]): Promise<Packet[]> {
    const device = path.client.interfaceTo('r1');
    const own =
      family === 4 ? `ip.src==${device.v4}` : `ipv6.src==${device.v6} && !icmpv6.type==135 && !icmpv6.type==136`;
    const columns = Object.values(FIELDS).flatMap(field => ['-e', field]);
    const show = ['-T', 'fields', '-E', 'separator=|', '-E', 'occurrence=f', ...columns];
    const words = ['-l', '-n', '-i', device.name, ...VERIFY, ...PAYLOAD_IS_DATA, '-Y', own, ...show];
    const packets: Packet[] = [];
    const capture = path.client.spawn('tshark', words, {}, ['ignore', 'pipe', 'ignore']);
    const lines = createInterface({ input: capture.stdout as Readable });
    lines.on('line', line => packets.push(packetOf(line)));
    // The capture has begun, and has seen all, when a marked packet shows in it.
    const marked = async () => {
      const before = packets.filter(isMarker).length;
      while (packets.filter(isMarker).length === before) {
        await path.client.exec('ping', ['-c', '1', '-W', '1', '-s', String(MARKER_PAYLOAD), path.target(family)]);
      }
    };
    await marked();
    await path.client.subsocket(['trace', '-n', '--protocol', protocol, ...args, path.target(family)]);
    await marked();
    capture.kill('SIGINT');
    await once(capture, 'exit');
    return packets
      .filter(packet => !isMarker(packet) && !isError(packet))
      .filter(({ tcpFlags }) => protocol !== 'tcp' || tcpFlags === SYN);
  }

  const distinct = (packets: readonly Packet[], field: keyof Packet) => new Set(packets.map(packet => packet[field]));
  const families = [4, 6] as const;

  test.each(families)('are UDP datagrams of one flow, told apart by their checksum: IPv%i', async family => {
    const packets = await probesOf('udp', family, []);
    expect(packets.length).toBeGreaterThanOrEqual(9);
    expect([...distinct(packets, 'udpStatus')]).toEqual([GOOD]);
    expect([...distinct(packets, 'malformed')]).toEqual(['']);
    expect([...distinct(packets, 'udpDestination')]).toEqual(['33434']);
    expect(distinct(packets, 'udpSource').size).toBe(1);
    expect(distinct(packets, 'udpChecksum').size).toBe(packets.length);
    expect([...distinct(packets, 'length')]).toEqual([String(ETHERNET + (family === 4 ? 60 : 80))]);
    expect(distinct(packets, family === 4 ? 'ttl' : 'hopLimit').size).toBeGreaterThanOrEqual(3);
    if (family === 6) {
      expect(distinct(packets, 'flowLabel').size).toBe(1);
      expect(Number(packets[0]?.flowLabel)).toBeGreaterThan(0);
    }
  });

  test('are UDP datagrams of rising ports in the classic manner', async () => {
    const packets = await probesOf('udp', 4, ['--classic']);
    const ports = packets.map(({ udpDestination }) => Number(udpDestination));
    expect(ports).toEqual(ports.map((_, index) => 33_434 + index));
    expect([...distinct(packets, 'udpStatus')]).toEqual([GOOD]);
  });

  test.each(families)('are echo requests of one checksum, told apart by their sequence: IPv%i', async family => {
    const packets = await probesOf('icmp', family, []);
    const field = <Name extends 'Checksum' | 'Sequence' | 'Status' | 'Type'>(name: Name) =>
      (family === 4 ? `icmp${name}` : `icmp6${name}`) as keyof Packet;
    expect(packets.length).toBeGreaterThanOrEqual(9);
    expect([...distinct(packets, field('Status'))]).toEqual([GOOD]);
    expect([...distinct(packets, field('Type'))]).toEqual([family === 4 ? '8' : '128']);
    expect(distinct(packets, field('Checksum')).size).toBe(1);
    expect(distinct(packets, field('Sequence')).size).toBe(packets.length);
    expect([...distinct(packets, 'malformed')]).toEqual(['']);
  });

  test.each(families)('are SYN segments of one flow, told apart by their sequence number: IPv%i', async family => {
    const packets = await probesOf('tcp', family, ['-p', '8080']);
    expect(packets.length).toBeGreaterThanOrEqual(9);
    expect([...distinct(packets, 'tcpStatus')]).toEqual([GOOD]);
    expect([...distinct(packets, 'tcpDestination')]).toEqual(['8080']);
    expect(distinct(packets, 'tcpSource').size).toBe(1);
    expect(distinct(packets, 'tcpSequence').size).toBe(packets.length);
    expect([...distinct(packets, 'malformed')]).toEqual(['']);
  });
});
