import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EncodeContext } from '../../../src/options/codec.js';
import { md5Key, md5KeyExtended } from '../../../src/options/codecs/tcp.js';
import { tcpInfo } from '../../../src/options/codecs/tcp-info.js';
import { ALL_OPTIONS, OPTIONS, type OptionName } from '../../../src/options/table.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { WireFormatError } from '../../../src/wire/wire-format-error.js';

const INTERFACES: Record<string, number> = { lo: 1, eth0: 2 };

function contextOf(name: OptionName): EncodeContext {
  const { range, gap } = OPTIONS[name];
  return { name, range, gap, interfaceIndex: text => INTERFACES[text] ?? -19 };
}

const encode = (name: OptionName, value: unknown): Uint8Array => OPTIONS[name].codec.encode(value, contextOf(name));
const decode = (name: OptionName, bytes: Uint8Array): unknown => OPTIONS[name].codec.decode(bytes);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('values to bytes', () => {
  it.each<[OptionName, unknown, string]>([
    ['TCP_NODELAY', true, '01000000'],
    ['SO_MARK', 0xffffffff, 'ffffffff'],
    ['TCP_KEEPIDLE', 60_000, '3c000000'],
    ['TCP_USER_TIMEOUT', 60_000, '60ea0000'],
    ['SO_BUSY_POLL', 0.05, '32000000'],
    ['IP_TOS', 'EF', 'b8000000'],
    ['IP_TOS', 0x23, '23000000'],
    ['IP_TTL', -1, 'ffffffff'],
    ['IP_MTU_DISCOVER', 'probe', '03000000'],
    ['SO_TIMESTAMPING', ['rx-software', 'software'], '18000000'],
    ['SO_TIMESTAMPING', { flags: ['bind-phc'], bind_phc: 3 }, '0080000003000000'],
    ['SO_LINGER', { onoff: true, linger: 5000 }, '0100000005000000'],
    ['SO_RCVTIMEO', 1500.25, '01000000000000001aa2070000000000'],
    ['SO_BINDTODEVICE', 'eth0', '65746830'],
    ['SO_MAX_PACING_RATE', Number.POSITIVE_INFINITY, 'ffffffffffffffff'],
    ['IP_LOCAL_PORT_RANGE', [40_000, 40_999], '409c27a0'],
    ['IP_UNICAST_IF', 'eth0', '00000002'],
    ['IPV6_MULTICAST_IF', 'eth0', '02000000'],
    ['IP_MULTICAST_IF', '127.0.0.1', '000000007f00000100000000'],
    ['IP_MULTICAST_IF', 'eth0', '000000000000000002000000'],
    ['IP_ADD_MEMBERSHIP', { multiaddr: '239.0.0.1', ifindex: 'lo' }, 'ef0000010000000001000000'],
    ['IP_ADD_MEMBERSHIP', { multiaddr: IpAddress.parse('239.0.0.1') }, 'ef0000010000000000000000'],
    ['IPV6_ADD_MEMBERSHIP', { multiaddr: 'ff02::1', interface: 2 }, 'ff02000000000000000000000000000102000000'],
    ['ICMP_FILTER', [8, 13], '00210000'],
    ['PACKET_FANOUT', { id: 7, type: 'cpu', flags: ['defrag'] }, '07000280'],
    ['PACKET_FANOUT', { id: 7, type: 'cpu', flags: 0x80 }, '07000280'],
    ['SO_TXTIME', { clockid: 'tai', flags: ['report-errors', 4] }, '0b00000006000000'],
  ])('%s %j', (name, value, expected) => {
    expect(hex(encode(name, value))).toBe(expected);
  });

  it('puts a source filter together as long as it has sources', () => {
    const bytes = encode('IP_MSFILTER', { multiaddr: '232.1.1.1', fmode: 'include', slist: ['10.0.0.1', '10.0.0.2'] });
    expect(hex(bytes)).toBe('e80101010000000001000000020000000a0000010a000002');
  });

  it('puts an MD5 key beside the peer that it is for', () => {
    const bytes = md5Key.encode({ addr: { address: '10.0.0.1' }, key: 'secret' }, { name: 'TCP_MD5SIG' });
    expect(bytes.length).toBe(LINUX.sizeof_kernel_tcp_md5sig);
    expect(hex(bytes.subarray(0, 8))).toBe('020000000a000001');
    expect(Buffer.from(bytes).includes('secret')).toBe(true);
    const options = { addr: { address: 'fd00::' }, prefixlen: 8, key: 'k' };
    expect(
      md5KeyExtended.encode(options, { name: 'TCP_MD5SIG_EXT' })[LINUX.offsetof_kernel_tcp_md5sig_tcpm_flags],
    ).toBe(1);
    expect(() => md5Key.encode(options, { name: 'TCP_MD5SIG' })).toThrow('TCP_MD5SIG_EXT');
  });
});

describe('bytes to values', () => {
  it.each<[OptionName, string, unknown]>([
    ['SO_MARK', 'ffffffff', 0xffffffff],
    ['SO_PEEK_OFF', 'ffffffff', -1],
    ['TCP_KEEPIDLE', '3c000000', 60_000],
    ['IP_TOS', 'b8000000', 'EF'],
    ['IP_TOS', 'b9000000', 0xb9],
    ['SO_TIMESTAMPING', '1800000000000000', ['rx-software', 'software']],
    ['SO_TIMESTAMPING', '08000080', ['rx-software', 0x80000000]],
    ['SO_RCVTIMEO', '01000000000000001aa2070000000000', 1500.25],
    ['SO_ERROR', '6f000000', 'ECONNREFUSED'],
    ['SO_ERROR', '00000000', 0],
    ['SO_COOKIE', '0100000001000000', 4294967297n],
    ['SO_BINDTODEVICE', '65746830000000', 'eth0'],
    ['NETLINK_LIST_MEMBERSHIPS', '01010000', [1, 9]],
    ['SO_PEERGROUPS', '0400000005000000', [4, 5]],
    ['SO_PEERNAME', '020000507f0000010000000000000000', { address: '127.0.0.1', port: 80 }],
  ])('%s %s', (name, bytes, expected) => {
    expect(decode(name, Uint8Array.from(Buffer.from(bytes, 'hex')))).toEqual(expected);
  });

  it('reads TCP_INFO as far as the kernel gives it', () => {
    const whole = new Uint8Array(LINUX.sizeof_kernel_tcp_info);
    new DataView(whole.buffer).setUint32(LINUX.offsetof_kernel_tcp_info_tcpi_rtt, 1500, true);
    whole[LINUX.offsetof_kernel_tcp_info_tcpi_state] = LINUX.TCP_ESTABLISHED;
    whole[LINUX.offsetof_kernel_tcp_info_tcpi_wscale] = 0x7a;
    const info = tcpInfo.decode(whole);
    expect(info).toMatchObject({ rtt: 1.5, state: 'established', snd_wscale: 10, rcv_wscale: 7, total_rto_time: 0 });
    const linux26 = tcpInfo.decode(whole.subarray(0, LINUX.offsetof_kernel_tcp_info_tcpi_pacing_rate));
    expect(linux26.rtt).toBe(1.5);
    expect(linux26).not.toHaveProperty('pacing_rate');
  });

  it('reads the sequence numbers of MPTCP_INFO to the last bit', () => {
    const bytes = new Uint8Array(LINUX.sizeof_kernel_mptcp_info);
    const at = LINUX.offsetof_kernel_mptcp_info_mptcpi_write_seq;
    new DataView(bytes.buffer).setBigUint64(at, 0xfedc_ba98_7654_3211n, true);
    expect(decode('MPTCP_INFO', bytes)).toMatchObject({ write_seq: 0xfedc_ba98_7654_3211n, snd_una: 0n });
  });

  it('takes no name of a Unix-domain socket for an IP address', () => {
    const name = new Uint8Array(28).fill(0x78).with(0, LINUX.AF_UNIX).with(1, 0);
    expect(() => decode('SO_PEERNAME', name)).toThrow('SO_PEERNAME at byte 0: an address of family 1');
  });

  it('lets nothing but WireFormatError escape, however short the bytes', () => {
    const readable = ALL_OPTIONS.filter(option => option.access !== 'w');
    fc.assert(
      fc.property(fc.constantFrom(...readable), fc.uint8Array({ maxLength: 300 }), (option, bytes) => {
        try {
          option.codec.decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(WireFormatError);
        }
      }),
    );
  });
});

describe('values that come back as they went', () => {
  const both = ALL_OPTIONS.filter(option => option.access === 'rw' && option.sample !== undefined);
  // IP_MULTICAST_IF is read as another structure than it is set.
  const samples = both
    .filter(option => option.name !== 'IP_MULTICAST_IF')
    .map(({ name, sample }) => ({ name, sample }));
  it.each(samples)('$name', ({ name, sample }) => {
    expect(decode(name, encode(name, sample))).toEqual(sample);
  });
});

describe('values that cannot be', () => {
  it.each<[OptionName, unknown, string]>([
    ['TCP_NODELAY', 1, 'allowed are true and false'],
    ['TCP_NODELAY', 'true', 'allowed are true and false'],
    ['SO_RCVBUF', Number.NaN, 'a whole number from 0 to 2147483647'],
    ['SO_RCVBUF', 1.5, 'a whole number'],
    ['SO_RCVBUF', '1000', 'a whole number'],
    ['SO_RCVBUF', -1, 'from 0'],
    ['SO_RCVBUF', 2 ** 31, 'to 2147483647'],
    ['SO_RCVBUF', undefined, 'a whole number'],
    ['IP_TTL', 256, 'from -1 to 255'],
    ['IP_TTL', 0, 'from -1 to 255 but 0'],
    ['IPV6_MTU', 1279, 'but 1 to 1279'],
    ['TCP_MAXSEG', 1, 'from 0 to 32767 but 1 to 87'],
    ['SO_TXREHASH', 2, 'from -1 to 1'],
    ['PACKET_VNET_HDR_SZ', 9, 'but 1 to 9'],
    ['TCP_MD5SIG_EXT', { addr: { address: '10.0.0.0' }, key: 'k', prefixlen: 33 }, 'from 0 to 32'],
    ['TCP_KEEPIDLE', 1500, 'in steps of 1000'],
    ['TCP_KEEPIDLE', 0, 'from 1000 to 32767000'],
    ['TCP_KEEPCNT', 128, 'from 1 to 127'],
    ['IP_TOS', 'FE', "'EF'"],
    ['IP_TOS', 256, 'from 0 to 255'],
    ['IP_TOS', null, 'number'],
    ['IP_MTU_DISCOVER', 'constructor', "'probe'"],
    ['SO_TIMESTAMPING', ['rx-firmware'], 'rx-software'],
    ['SO_TIMESTAMPING', 'rx-software', 'allowed is'],
    ['SO_TIMESTAMPING', null, 'allowed is'],
    ['SO_LINGER', null, 'onoff'],
    ['SO_LINGER', { onoff: true, linger: 1500 }, 'in steps of 1000'],
    ['SO_LINGER', { onoff: true, lingr: 1000 }, "no member 'lingr'"],
    ['SO_LINGER', { onoff: true, linger: '1000' }, 'in steps of 1000'],
    ['SO_LINGER', { onoff: true, linger: Symbol('1000') }, 'in steps of 1000'],
    ['SO_TXTIME', { clockid: 'tai', flags: ['report-error'] }, 'each is one of deadline-mode, report-errors'],
    ['SO_TXTIME', { clockid: 'tai', flags: 'report-errors' }, "('deadline-mode' | 'report-errors' | number)[]"],
    ['SO_TXTIME', { clockid: 'constructor' }, "'tai'"],
    ['PACKET_FANOUT', { id: 7, type: 'cpu', flags: 0x100 }, 'from 0 to 255'],
    ['SO_RCVTIMEO', -1, '0 is no limit'],
    ['SO_BINDTODEVICE', 'x'.repeat(16), 'it has 16 bytes, allowed are 15'],
    ['SO_BINDTODEVICE', 'a\0b', 'NUL'],
    ['SO_BINDTODEVICE', 3, 'a string'],
    ['SO_BINDTOIFINDEX', 'wlan9', 'no interface of that name'],
    ['SO_ATTACH_FILTER', new Uint8Array(7), '8 to 32768 bytes'],
    ['SO_ATTACH_FILTER', new Uint8Array(12), 'an instruction has 8 bytes'],
    ['SO_ATTACH_FILTER', 'bytes', 'a Buffer'],
    ['IP_OPTIONS', new Uint8Array(41), '0 to 40 bytes'],
    ['TCP_FASTOPEN_KEY', new Uint8Array(15), '16 to 32 bytes'],
    ['TCP_FASTOPEN_KEY', new Uint8Array(20), 'one or two keys'],
    ['TCP_MD5SIG', { addr: { address: '::1' }, key: new Uint8Array(81) }, '0 to 80 bytes'],
    ['TCP_MD5SIG', { addr: null, key: 'k' }, 'allowed is { addr: { address }, key }'],
    ['TCP_MD5SIG_EXT', { addr: { address: '10.0.0.0' }, prefixlen: 33, key: 'k' }, 'from 0 to 32'],
    ['TCP_MD5SIG', { addr: { address: 'host' }, key: 'k' }, 'an IP address'],
    ['IP_ADD_MEMBERSHIP', { multiaddr: 'ff02::1' }, 'an IPv4 address'],
    ['IP_ADD_MEMBERSHIP', '239.0.0.1', 'multiaddr'],
    ['IP_MSFILTER', { multiaddr: '232.1.1.1', fmode: 'include' }, 'slist'],
    ['IP_MSFILTER', { multiaddr: '232.1.1.1', fmode: 'include', slist: Array(1025).fill('10.0.0.1') }, '1024 sources'],
    ['IP_LOCAL_PORT_RANGE', [2, 1], 'low first'],
    ['IP_LOCAL_PORT_RANGE', 5, '[low, high]'],
    ['ICMP_FILTER', [32], 'from 0 to 31'],
    ['ICMP_FILTER', [undefined], 'from 0 to 31'],
    ['SO_DETACH_FILTER', false, 'allowed is true'],
    ['SO_MAX_PACING_RATE', -1, 'Infinity is no limit'],
  ])('%s %j', (name, value, reason) => {
    expect(() => encode(name, value)).toThrow(
      expect.objectContaining({ code: 'OPTION_VALUE', option: name, reason: expect.stringContaining(reason) }),
    );
  });

  it('are refused by OptionValueError alone, whatever they are', () => {
    const writable = ALL_OPTIONS.filter(option => option.access !== 'r');
    fc.assert(
      fc.property(fc.constantFrom(...writable), fc.anything({ withBigInt: true }), ({ name }, value) => {
        try {
          encode(name, value);
        } catch (error) {
          expect(error).toMatchObject({ code: 'OPTION_VALUE', option: name });
        }
      }),
    );
  });

  it('are refused likewise as a member of a value that could be', () => {
    const structures = ALL_OPTIONS.filter(({ access, sample }) => access !== 'r' && sample?.constructor === Object);
    const wrong = fc.anything({ withBigInt: true, withNullPrototype: true });
    fc.assert(
      fc.property(fc.constantFrom(...structures), fc.nat(), wrong, ({ name, sample }, index, value) => {
        const members = Object.keys(sample as object);
        const member = members[index % members.length] as string;
        try {
          encode(name, { ...(sample as object), [member]: value });
        } catch (error) {
          expect(error).toMatchObject({ code: 'OPTION_VALUE', option: name });
        }
      }),
      { numRuns: 2000 },
    );
  });
});
