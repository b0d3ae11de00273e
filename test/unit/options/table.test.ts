import { describe, expect, expectTypeOf, it } from 'vitest';
import { getOption, setOption } from '../../../src/io/option.js';
import type { DifferentiatedService } from '../../../src/options/codecs/type-of-service.js';
import {
  ALL_OPTIONS,
  OPTIONS,
  type OptionInput,
  type OptionName,
  type OptionSettings,
  type OptionValue,
  type ReadableOption,
  type WritableOption,
} from '../../../src/options/table.js';
import { LINUX } from '../../../src/wire/constants.generated.js';

describe('the table', () => {
  it('has the options of every level', () => {
    expect(ALL_OPTIONS.length).toBeGreaterThanOrEqual(180);
    const levels = new Set(ALL_OPTIONS.map(option => option.level));
    const expected = ['SOL_SOCKET', 'IPPROTO_IP', 'IPPROTO_IPV6', 'IPPROTO_TCP', 'IPPROTO_UDP', 'IPPROTO_ICMPV6'];
    for (const level of [...expected, 'SOL_RAW', 'SOL_PACKET', 'SOL_NETLINK', 'SOL_MPTCP', 'SOL_TLS']) {
      expect(levels).toContain(level);
    }
  });

  it.each(ALL_OPTIONS.map(option => [option.name, option] as const))(
    'says of %s what the reference needs',
    (name, option) => {
      expect(option.number).toBe(LINUX[name]);
      expect(option.levelAndNumber).toBe(LINUX[option.level] * 65_536 + LINUX[name]);
      expect(option.on.length).toBeGreaterThan(0);
      expect(option.since).toMatch(/^Linux \d+\.\d+(\.\d+)?$/);
      expect(option.about).toMatch(/^[A-Z\d].*\.$/);
      expect(option.manual).toMatch(/^(\w+\(7\)|RFC \d+|linux: [\w/.-]+)$/);
    },
  );

  it.each(ALL_OPTIONS.map(option => [option.name, option] as const))('takes the sample of %s', (name, option) => {
    if (option.access === 'r') expect(option.sample).toBeUndefined();
    if (option.sample === undefined) return;
    const bytes = option.codec.encode(option.sample, { name, range: option.range, interfaceIndex: () => 1 });
    expect(bytes).toBeInstanceOf(Uint8Array);
  });

  it('gives no two names of a level the same number, but for names that mean the same', () => {
    const aliases = ['SO_DETACH_BPF', 'ICMP6_FILTER'];
    const seen = new Map<number, string>();
    for (const { name, levelAndNumber } of ALL_OPTIONS.filter(option => !aliases.includes(option.name))) {
      expect(seen.get(levelAndNumber), `${name} has the number of`).toBeUndefined();
      seen.set(levelAndNumber, name);
    }
  });

  it('has nothing under a name that every object has', () => {
    expect(OPTIONS['toString' as OptionName]).toBeUndefined();
  });
});

describe('the types', () => {
  it('follow from the name', () => {
    expectTypeOf<OptionValue<'TCP_NODELAY'>>().toEqualTypeOf<boolean>();
    expectTypeOf<OptionValue<'SO_RCVBUF'>>().toEqualTypeOf<number>();
    expectTypeOf<OptionValue<'SO_COOKIE'>>().toEqualTypeOf<bigint>();
    expectTypeOf<OptionValue<'SO_LINGER'>>().toEqualTypeOf<{ onoff: boolean; linger: number }>();
    expectTypeOf<OptionValue<'SO_PEERCRED'>>().toEqualTypeOf<{ pid: number; uid: number; gid: number }>();
    expectTypeOf<OptionValue<'TCP_CONGESTION'>>().toEqualTypeOf<string>();
    expectTypeOf<OptionInput<'IP_TOS'>>().toEqualTypeOf<DifferentiatedService | number>();
    expectTypeOf<OptionValue<'TCP_INFO'>['rtt']>().toEqualTypeOf<number>();
    expectTypeOf<OptionValue<'TCP_INFO'>['rcv_wnd']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<OptionValue<'IP_MTU_DISCOVER'>>().toEqualTypeOf<
      'dont' | 'want' | 'do' | 'probe' | 'interface' | 'omit' | number
    >();
  });

  it('keep what can only be read from being set, and the other way round', () => {
    expectTypeOf<'TCP_INFO'>().toExtend<ReadableOption>();
    expectTypeOf<'TCP_INFO'>().not.toExtend<WritableOption>();
    expectTypeOf<'TCP_MD5SIG'>().toExtend<WritableOption>();
    expectTypeOf<'TCP_MD5SIG'>().not.toExtend<ReadableOption>();
    expectTypeOf(getOption<'TCP_INFO'>).returns.toHaveProperty('snd_cwnd');
  });

  it('do not let a wrong value compile', () => {
    const wrong = (): void => {
      // @ts-expect-error a string is no boolean
      setOption(1, 'TCP_NODELAY', 'yes');
      // @ts-expect-error no such way of path MTU discovery
      setOption(1, 'IP_MTU_DISCOVER', 'sometimes');
      // @ts-expect-error no such flag
      setOption(1, 'SO_TIMESTAMPING', ['rx-firmware']);
      // @ts-expect-error no such option
      setOption(1, 'TCP_NO_DELAY', true);
      // @ts-expect-error the other member is missing
      setOption(1, 'SO_LINGER', { onoff: true });
      // @ts-expect-error it can only be read
      setOption(1, 'TCP_INFO', {});
      // @ts-expect-error it can only be set
      getOption(1, 'TCP_MD5SIG');
      // @ts-expect-error a text is no socket
      getOption('1', 'SO_TYPE');
    };
    expect(wrong).toBeTypeOf('function');
    expectTypeOf<OptionSettings>().not.toExtend<{ TCP_NODELAY?: string }>();
  });
});
