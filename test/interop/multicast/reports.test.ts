import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Agent } from '../../support/datagram/agent.js';
import { describeNeeding, type Host, Lab } from '../../support/lab/index.js';

const FIELDS = {
  4: ['igmp.record_type', 'igmp.maddr', 'igmp.saddr'],
  6: ['icmpv6.mldr.mar.record_type', 'icmpv6.mldr.mar.multicast_address', 'icmpv6.mldr.mar.source_address'],
} as const;

const FILTER = { 4: 'igmp.type == 0x22', 6: 'icmpv6.type == 143' } as const;

/** RFC 3376 section 4.2.12 and RFC 3810 section 5.2.12. */
const RECORD = { allow: 5, block: 6, toExclude: 4, toInclude: 3 } as const;

/** Every membership report that a host sees on an interface, one line a report: record types, groups, sources. */
class Reports {
  readonly lines: string[] = [];

  static async on(host: Host, device: string, family: 4 | 6): Promise<Reports> {
    const fields = FIELDS[family].flatMap(field => ['-e', field]);
    const words = ['-i', device, '-l', '-n', '-Y', FILTER[family], '-T', 'fields', ...fields];
    const child = host.spawn('tshark', words, {}, ['ignore', 'pipe', 'pipe']);
    const reports = new Reports();
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      reports.lines.push(...text.split('\n').filter(line => line !== ''));
    });
    // "Capturing on ..." is the first that tshark says.
    if (child.stderr !== null) await once(child.stderr, 'data');
    return reports;
  }

  /** Whether a report had a record of this type for the group, with these sources. */
  has(type: number, group: string, sources: readonly string[]): boolean {
    return this.lines.some(line => {
      const [types = '', groups = '', seen = ''] = line.split('\t');
      const wanted = groups.split(',').indexOf(group);
      return types.split(',')[wanted] === String(type) && sources.every(source => seen.split(',').includes(source));
    });
  }
}

describeNeeding(['namespaces', 'program:tshark'], 'what a neighbour sees of memberships', () => {
  const lab = new Lab();
  let host: Host;
  let router: Host;
  let agent: Agent;

  beforeAll(async () => {
    host = lab.host('host');
    router = lab.host('router');
    lab.link(host, router, { v4: '10.1.0.0/24', v6: 'fd01::/64' });
    agent = await Agent.on(host);
  });
  afterAll(() => lab.close());

  test.each([
    [4, '239.195.50.1', ['192.0.2.1', '192.0.2.2', '192.0.2.3']],
    [6, 'ff15::50:1', ['2001:db8::1', '2001:db8::2', '2001:db8::3']],
  ] as const)('IGMPv3 and MLDv2 reports with the right sources: IPv%s', async (family, group, sources) => {
    const [first, second, third] = sources;
    const reports = await Reports.on(router, 'host', family);
    const on = { interface: 'router' };
    const socket = `socket${family}`;
    await agent.open(socket, { family, bind: {} });
    // tshark says that it captures a little before it does: the first report is asked for until it is seen.
    const seesFirst = async (): Promise<boolean> => {
      await agent.call(socket, 'join', group, { ...on, source: first });
      await new Promise(resolve => setTimeout(resolve, 200));
      const seen = reports.has(RECORD.allow, group, [first]);
      if (!seen) await agent.call(socket, 'leave', group, { ...on, source: first });
      return seen;
    };
    await expect.poll(seesFirst, { timeout: 20_000 }).toBe(true);
    const sees = (type: number, wanted: readonly string[]) =>
      expect.poll(() => reports.has(type, group, wanted), { timeout: 20_000 }).toBe(true);
    await agent.call(socket, 'join', group, { ...on, source: second });
    await sees(RECORD.allow, [second]);
    await agent.call(socket, 'leave', group, { ...on, source: first });
    await sees(RECORD.block, [first]);
    await agent.call(socket, 'setFilter', group, 'exclude', [third], on);
    await sees(RECORD.toExclude, [third]);
    await agent.call(socket, 'setFilter', group, 'include', [first, third], on);
    await sees(RECORD.toInclude, [first, third]);
    await agent.call(socket, 'setFilter', group, 'include', [], on);
    await sees(RECORD.block, [first, third]);
  });
});
