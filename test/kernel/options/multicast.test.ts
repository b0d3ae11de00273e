import { describe, expect, it } from 'vitest';
import { getOptionBytes, setOption } from '../../../src/io/option.js';
import type { OptionInput, WritableOption } from '../../../src/options/table.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { Descriptors } from '../../support/kernel/loopback.js';
import { refusalOf } from '../../support/kernel/option-rows.js';

describe('multicast memberships', () => {
  const sourced = { multiaddr: '232.255.7.3', sourceaddr: '127.0.0.9', interface: '127.0.0.1' };
  const requestOf = (group: string, source: string) => ({ group, source, interface: 'lo' });

  it.each<[4 | 6, WritableOption, WritableOption, OptionInput<WritableOption>]>([
    [4, 'IP_ADD_MEMBERSHIP', 'IP_DROP_MEMBERSHIP', { multiaddr: '239.255.7.3', ifindex: 'lo' }],
    [4, 'IP_ADD_SOURCE_MEMBERSHIP', 'IP_DROP_SOURCE_MEMBERSHIP', sourced],
    [6, 'IPV6_ADD_MEMBERSHIP', 'IPV6_DROP_MEMBERSHIP', { multiaddr: 'ff15::7:3', interface: 'lo' }],
    [4, 'MCAST_JOIN_GROUP', 'MCAST_LEAVE_GROUP', { group: '239.255.7.4', interface: 'lo' }],
    [6, 'MCAST_JOIN_GROUP', 'MCAST_LEAVE_GROUP', { group: 'ff15::7:4', interface: 'lo' }],
    [4, 'MCAST_JOIN_SOURCE_GROUP', 'MCAST_LEAVE_SOURCE_GROUP', requestOf('232.255.7.4', '127.0.0.9')],
    [6, 'MCAST_JOIN_SOURCE_GROUP', 'MCAST_LEAVE_SOURCE_GROUP', requestOf('ff35::7:4', 'fd00::9')],
  ])('IPv%i: %s joins once, %s leaves once', (family, join, leave, request) => {
    using descriptors = new Descriptors();
    const { descriptor } = descriptors.udp(family);
    setOption(descriptor, join, request);
    expect(refusalOf(() => setOption(descriptor, join, request))).toMatch(/^EADDR(INUSE|NOTAVAIL)$/);
    setOption(descriptor, leave, request);
    expect(refusalOf(() => setOption(descriptor, leave, request))).toMatch(/^(EADDRNOTAVAIL|EINVAL)$/);
  });

  it('block and unblock one source', () => {
    using descriptors = new Descriptors();
    const { descriptor } = descriptors.udp(4);
    setOption(descriptor, 'IP_ADD_MEMBERSHIP', { multiaddr: sourced.multiaddr, ifindex: 'lo' });
    setOption(descriptor, 'IP_BLOCK_SOURCE', sourced);
    expect(refusalOf(() => setOption(descriptor, 'IP_BLOCK_SOURCE', sourced))).toBe('EADDRNOTAVAIL');
    setOption(descriptor, 'IP_UNBLOCK_SOURCE', sourced);
    const request = requestOf(sourced.multiaddr, sourced.sourceaddr);
    setOption(descriptor, 'MCAST_BLOCK_SOURCE', request);
    setOption(descriptor, 'MCAST_UNBLOCK_SOURCE', request);
    expect(refusalOf(() => setOption(descriptor, 'IP_UNBLOCK_SOURCE', sourced))).toBe('EADDRNOTAVAIL');
  });

  it('have whole source filters, which raw access reads back', () => {
    using descriptors = new Descriptors();
    const { descriptor } = descriptors.udp(4);
    setOption(descriptor, 'IP_ADD_SOURCE_MEMBERSHIP', sourced);
    const slist = ['127.0.0.5', '127.0.0.6'];
    setOption(descriptor, 'IP_MSFILTER', {
      multiaddr: sourced.multiaddr,
      interface: '127.0.0.1',
      fmode: 'include',
      slist,
    });
    const question = new Uint8Array(LINUX.offsetof_ip_msfilter_imsf_slist + 64);
    question.set([232, 255, 7, 3, 127, 0, 0, 1]);
    question[LINUX.offsetof_ip_msfilter_imsf_numsrc] = 16;
    const bytes = getOptionBytes(descriptor, 'IPPROTO_IP', LINUX.IP_MSFILTER, question);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    expect(view.getUint32(LINUX.offsetof_ip_msfilter_imsf_numsrc, true)).toBe(2);
    setOption(descriptor, 'MCAST_MSFILTER', {
      multiaddr: sourced.multiaddr,
      interface: 'lo',
      fmode: 'include',
      slist: ['127.0.0.5'],
    });
    const again = getOptionBytes(descriptor, 'IPPROTO_IP', LINUX.IP_MSFILTER, question);
    expect(new DataView(again.buffer).getUint32(LINUX.offsetof_ip_msfilter_imsf_numsrc, true)).toBe(1);
  });
});
