import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Chain, chain, describeNeeding, Lab } from '../../support/lab/index.js';

const families = [4, 6] as const;

/** Hop by hop what a tool prints as address; `*` where it prints none. */
function addressesIn(text: string, line: RegExp): string[] {
  return text.split('\n').flatMap(candidate => line.exec(candidate)?.[1] ?? []);
}

describeNeeding(
  ['namespaces', 'nftables', 'program:traceroute', 'program:tracepath', 'program:mtr'],
  'the path that the classic tools see',
  () => {
    let lab: Lab;
    let path: Chain;

    beforeAll(() => {
      lab = new Lab();
      path = chain(lab, 5, { mtus: [1500, 1500, 1400, 1500, 1280] });
      path.routers[2]?.nft(
        'table inet t { chain o { type filter hook output priority 0; meta l4proto icmp drop; icmpv6 type time-exceeded drop; }\n}',
      );
    });
    afterAll(() => lab.close());

    const ours = async (args: string[], family: 4 | 6) => {
      const { stdout } = await path.client.subsocket([...args, path.target(family)]);
      return stdout;
    };

    test.each(families)('is ours too, as traceroute prints it: IPv%i', async family => {
      const theirs = await path.client.exec('traceroute', ['-n', '-w', '1', path.target(family)]);
      const mine = await ours(['trace', '-n'], family);
      const shape = (text: string) => text.trimEnd().replace(/\d+\.\d{3} ms/g, 'T ms');
      expect(shape(mine)).toBe(shape(theirs.stdout));
    });

    test.each(families)('is ours too, as traceroute -I prints it: IPv%i', async family => {
      const theirs = await path.client.exec('traceroute', ['-I', '-n', '-w', '1', path.target(family)]);
      const mine = await ours(['trace', '-I', '-n'], family);
      const shape = (text: string) => text.trimEnd().replace(/\d+\.\d{3} ms/g, 'T ms');
      expect(shape(mine)).toBe(shape(theirs.stdout));
    });

    test.each(families)('is ours too, as tracepath finds it: IPv%i', async family => {
      const theirs = await path.client.exec('tracepath', ['-n', '-m', '8', path.target(family)]);
      const hops = new Map<string, string>();
      for (const line of theirs.stdout.split('\n')) {
        const [, ttl, address] = /^\s*(\d+):\s+(\S+)\s/.exec(line) ?? [];
        if (ttl !== undefined && address !== undefined) hops.set(ttl, address === 'no' ? '*' : address);
      }
      const mine = addressesIn(await ours(['trace', '-n', '-q', '1'], family), /^\s*\d+ {2}(\S+)/);
      expect(mine).toEqual([...hops.values()]);
    });

    test.each(families)('is ours too, as mtr reports it: IPv%i', async family => {
      const args = ['-n', '-r', '-c', '2', '-i', '0.3'];
      const theirs = await path.client.exec('mtr', [...args, path.target(family)]);
      const mine = await ours(['mtr', ...args], family);
      const shape = (text: string) =>
        text
          .trimEnd()
          .split('\n')
          .slice(1)
          .map(line => line.replace(/\d+\.\d(?= |$)/g, 'T').replace(/ +/g, ' '));
      expect(shape(mine)).toEqual(shape(theirs.stdout));
    });

    test('has its MTU fall where traceroute sees it fall', async () => {
      const theirs = await path.client.exec('traceroute', ['--mtu', '-n', '-w', '1', path.target(4)]);
      const mine = await ours(['trace', '--mtu', '-n'], 4);
      const falls = (text: string) =>
        text.split('\n').flatMap(line => /^ ?(\d+) .* F=(\d+)/.exec(line)?.slice(1).join(' at ') ?? []);
      expect(falls(mine)).toEqual(falls(theirs.stdout));
    });
  },
);
