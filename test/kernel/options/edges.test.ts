import { describe, expect, it } from 'vitest';
import { native } from '../../../src/io/native.js';
import { setOption } from '../../../src/io/option.js';
import { ALL_OPTIONS, type Option, type OptionInput, type WritableOption } from '../../../src/options/table.js';
import { refusalOf } from '../../support/kernel/option-rows.js';
import { needsPrivilege, socketOfKind } from '../../support/kernel/option-sockets.js';

/** What the kernel refuses for another reason than the number, or for one that depends on how it was built. */
const REFUSED = [
  'SO_ATTACH_BPF 0', // a descriptor of no program
  'SO_ATTACH_REUSEPORT_EBPF 0',
  'TCP_RTO_MIN_US 1.001', // less than two ticks, where there are fewer than 1000 a second
  'TCP_DELACK_MAX_US 1.001',
  'TCP_QUEUE_SEQ 0', // the socket is not under repair
  'TCP_QUEUE_SEQ 4294967295',
  'NETLINK_ADD_MEMBERSHIP 2147483647', // more groups than the protocol has
  'NETLINK_DROP_MEMBERSHIP 2147483647',
];

const integers = ALL_OPTIONS.filter(({ integer, access, on }) => {
  return integer !== undefined && access !== 'r' && on.some(kind => !needsPrivilege(kind));
});

/** The numbers at the ends of what is allowed. */
function edgesOf({ range, gap, codec }: Option): number[] {
  const [least, greatest] = range ?? codec.range ?? [];
  if (least === undefined || greatest === undefined) return [];
  return gap === undefined ? [least, greatest] : [least, gap[0] - 1, gap[1] + 1, greatest];
}

function isInvalid({ name, on }: Option, value: number): boolean {
  const kind = on.find(each => !needsPrivilege(each));
  if (kind === undefined) return false;
  const descriptor = socketOfKind(kind, name);
  try {
    return (
      refusalOf(() => setOption(descriptor, name as WritableOption, value as OptionInput<WritableOption>)) === 'EINVAL'
    );
  } finally {
    native().close(descriptor);
  }
}

describe('the ends of every range', () => {
  it('are numbers that the kernel takes', () => {
    const edges = integers.flatMap(option => edgesOf(option).map(value => ({ option, value })));
    expect(edges.length).toBeGreaterThan(90);
    const refused = edges.filter(({ option, value }) => isInvalid(option, value));
    const names = refused.map(({ option, value }) => `${option.name} ${value}`);
    expect(names.filter(name => !REFUSED.includes(name))).toEqual([]);
  });
});
