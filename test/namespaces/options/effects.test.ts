import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { native } from '../../../src/io/native.js';
import { getOption, setOption } from '../../../src/io/option.js';
import { filterProgram } from '../../../src/options/filter-program.js';
import { connect } from '../../../src/sockets/connect.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { Descriptors } from '../../support/kernel/loopback.js';
import { refusalOf } from '../../support/kernel/option-rows.js';
import { LoopbackServer } from '../../support/kernel/servers.js';
import { describeNeeding } from '../../support/lab/index.js';

describeNeeding(
  ['rawSockets', 'networkAdministration'],
  'options whose effect is seen otherwise than by reading them',
  () => {
    let descriptors: Descriptors;
    const socket = (family: number, type: number, protocol = 0) =>
      descriptors.keep(native().socket(family, type, protocol));
    beforeEach(() => {
      descriptors = new Descriptors();
    });
    afterEach(() => descriptors[Symbol.dispose]());

    describeNeeding('realRoot', 'SO_SNDBUFFORCE and SO_RCVBUFFORCE', () => {
      it('go beyond what the machine allows', () => {
        const descriptor = socket(LINUX.AF_INET, LINUX.SOCK_DGRAM);
        setOption(descriptor, 'SO_SNDBUF', 30_000_000);
        expect(getOption(descriptor, 'SO_SNDBUF')).toBeLessThan(30_000_000);
        setOption(descriptor, 'SO_SNDBUFFORCE', 30_000_000);
        setOption(descriptor, 'SO_RCVBUFFORCE', 30_000_000);
        const sizes = [getOption(descriptor, 'SO_SNDBUF'), getOption(descriptor, 'SO_RCVBUF')];
        expect(sizes).toEqual([60_000_000, 60_000_000]);
      });
    });

    describe('TCP_REPAIR', () => {
      it('opens the sequence numbers and windows of a connection', async () => {
        await using server = await LoopbackServer.open();
        const client = await connect({ host: '127.0.0.1', port: server.port });
        setOption(client, 'TCP_REPAIR', 'on');
        const window = getOption(client, 'TCP_REPAIR_WINDOW');
        expect(window.max_window).toBeGreaterThan(0);
        setOption(client, 'TCP_REPAIR_WINDOW', window);
        setOption(client, 'TCP_REPAIR_QUEUE', 'send');
        expect(getOption(client, 'TCP_REPAIR_QUEUE')).toBe('send');
        setOption(client, 'TCP_TIMESTAMP', 12_345);
        expect(getOption(client, 'TCP_TIMESTAMP') - 12_345).toBeLessThan(10_000);
        const maximumSegment = Uint8Array.of(2, 0, 0, 0, 0xb4, 5, 0, 0);
        setOption(client, 'TCP_REPAIR_OPTIONS', maximumSegment);
        setOption(client, 'TCP_REPAIR', 'off-without-window-probe');
        client.destroy();
      });

      it('sets the sequence numbers of a socket before it connects', () => {
        const descriptor = socket(LINUX.AF_INET, LINUX.SOCK_STREAM);
        setOption(descriptor, 'TCP_REPAIR', 'on');
        setOption(descriptor, 'TCP_REPAIR_QUEUE', 'send');
        setOption(descriptor, 'TCP_QUEUE_SEQ', 777);
        expect(getOption(descriptor, 'TCP_QUEUE_SEQ')).toBe(777);
      });
    });

    it('PACKET_FANOUT_DATA is the program of a group, and PACKET_ROLLOVER_STATS counts for another kind', () => {
      const everything = 0x0300; // ETH_P_ALL in network order
      const first = socket(LINUX.AF_PACKET, LINUX.SOCK_RAW, everything);
      setOption(first, 'PACKET_FANOUT', { id: 9, type: 'cbpf' });
      setOption(first, 'PACKET_FANOUT_DATA', filterProgram([{ do: 'return', value: 0 }]));
      const other = socket(LINUX.AF_PACKET, LINUX.SOCK_RAW, everything);
      setOption(other, 'PACKET_FANOUT', { id: 10, type: 'rollover' });
      expect(getOption(other, 'PACKET_ROLLOVER_STATS')).toMatchObject({ failed: 0 });
      expect(refusalOf(() => setOption(other, 'PACKET_FANOUT_DATA', new Uint8Array(8)))).toBe('EINVAL');
    });

    it('PACKET_ADD_MEMBERSHIP is undone by PACKET_DROP_MEMBERSHIP', () => {
      const descriptor = socket(LINUX.AF_PACKET, LINUX.SOCK_RAW);
      setOption(descriptor, 'PACKET_ADD_MEMBERSHIP', { ifindex: 'lo', type: 'allmulti' });
      setOption(descriptor, 'PACKET_DROP_MEMBERSHIP', { ifindex: 'lo', type: 'allmulti' });
      expect(() => setOption(descriptor, 'PACKET_ADD_MEMBERSHIP', { ifindex: 'none', type: 'promisc' })).toThrow(
        'PACKET_ADD_MEMBERSHIP.ifindex: "none" is refused: this machine has no interface of that name',
      );
    });

    it('IPV6_FLOWLABEL_MGR leases a label to one socket at a time', () => {
      const owner = socket(LINUX.AF_INET6, LINUX.SOCK_DGRAM);
      // A label is for one socket of the whole machine.
      const label = 1 + (process.pid % 0xfffff);
      const request = { action: 'get', label, dst: '::1', share: 'excl', flags: ['create'] } as const;
      setOption(owner, 'IPV6_FLOWLABEL_MGR', request);
      const other = socket(LINUX.AF_INET6, LINUX.SOCK_DGRAM);
      expect(refusalOf(() => setOption(other, 'IPV6_FLOWLABEL_MGR', request))).toBe('EPERM');
      setOption(owner, 'IPV6_FLOWLABEL_MGR', { action: 'put', label });
      expect(refusalOf(() => setOption(owner, 'IPV6_FLOWLABEL_MGR', { action: 'put', label }))).toBe('ESRCH');
    });

    it('IPV6_ROUTER_ALERT is for one value a socket, until it is -1', () => {
      const descriptor = socket(LINUX.AF_INET6, LINUX.SOCK_RAW, LINUX.IPPROTO_RAW);
      setOption(descriptor, 'IPV6_ROUTER_ALERT', 0);
      expect(refusalOf(() => setOption(descriptor, 'IPV6_ROUTER_ALERT', 0))).toBe('EADDRINUSE');
      setOption(descriptor, 'IPV6_ROUTER_ALERT', -1);
      setOption(descriptor, 'IPV6_ROUTER_ALERT', 0);
    });

    it('IPV6_RTHDR takes a segment routing header, and no header of type 0', () => {
      const descriptor = socket(LINUX.AF_INET6, LINUX.SOCK_RAW, LINUX.IPPROTO_RAW);
      const header = (type: number) => Uint8Array.of(0, 2, type, 0, 0, 0, 0, 0, ...Array<number>(15).fill(0), 1);
      setOption(descriptor, 'IPV6_RTHDR', header(4));
      expect(getOption(descriptor, 'IPV6_RTHDR')).toHaveLength(24);
      expect(refusalOf(() => setOption(descriptor, 'IPV6_RTHDR', header(0)))).toBe('EINVAL');
    });

    it('what this kernel refuses, with its errno', () => {
      const stream = socket(LINUX.AF_INET, LINUX.SOCK_STREAM);
      const datagram = socket(LINUX.AF_INET, LINUX.SOCK_DGRAM);
      const datagram6 = socket(LINUX.AF_INET6, LINUX.SOCK_DGRAM);
      const nothing = new Uint8Array(256);
      expect({
        TCP_AO_ADD_KEY: refusalOf(() => setOption(stream, 'TCP_AO_ADD_KEY', nothing)),
        TCP_AO_DEL_KEY: refusalOf(() => setOption(stream, 'TCP_AO_DEL_KEY', nothing)),
        TCP_ULP: refusalOf(() => setOption(stream, 'TCP_ULP', 'no-such')),
        IP_IPSEC_POLICY: refusalOf(() => setOption(datagram, 'IP_IPSEC_POLICY', nothing)),
        IP_XFRM_POLICY: refusalOf(() => setOption(datagram, 'IP_XFRM_POLICY', nothing)),
        IPV6_IPSEC_POLICY: refusalOf(() => setOption(datagram6, 'IPV6_IPSEC_POLICY', nothing)),
        IPV6_XFRM_POLICY: refusalOf(() => setOption(datagram6, 'IPV6_XFRM_POLICY', nothing)),
        IPV6_ADDRFORM: refusalOf(() => setOption(datagram6, 'IPV6_ADDRFORM', 'inet')),
        IPV6_JOIN_ANYCAST: refusalOf(() => setOption(datagram6, 'IPV6_JOIN_ANYCAST', { multiaddr: 'ff02::1' })),
        IPV6_LEAVE_ANYCAST: refusalOf(() => setOption(datagram6, 'IPV6_LEAVE_ANYCAST', { multiaddr: 'fd00::7' })),
      }).toEqual({
        TCP_AO_ADD_KEY: 'ENOPROTOOPT', // this kernel has no TCP authentication option
        TCP_AO_DEL_KEY: 'ENOPROTOOPT',
        TCP_ULP: 'ENOENT', // there is no such protocol
        IP_IPSEC_POLICY: 'EOPNOTSUPP', // this kernel has no PF_KEY
        IP_XFRM_POLICY: 'EINVAL', // zeros are no policy
        IPV6_IPSEC_POLICY: 'EOPNOTSUPP',
        IPV6_XFRM_POLICY: 'EINVAL',
        IPV6_ADDRFORM: 'ENOTCONN',
        IPV6_JOIN_ANYCAST: 'EINVAL', // a group is no anycast address
        IPV6_LEAVE_ANYCAST: 'ENOENT', // it was not joined
      });
    });
  },
);
