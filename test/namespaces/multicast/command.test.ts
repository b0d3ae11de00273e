import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonLines } from '../../support/cli/command.js';
import { describeNeeding, type Host, Lab } from '../../support/lab/index.js';

const GROUP = { 4: '239.195.32.1', 6: 'ff15::32:1' } as const;

type Line = Record<string, unknown> & { type: string };

describeNeeding('namespaces', 'the multicast command', () => {
  const lab = new Lab();
  let member: Host;
  let sender: Host;
  /** Of the sender's interface to the member, which it calls 'member'. */
  let linkLocal = '';

  beforeAll(async () => {
    member = lab.host('member');
    sender = lab.host('sender');
    for (const octet of [1, 2]) lab.link(member, sender, { v4: `10.${octet}.0.0/24`, v6: `fd0${octet}::/64` });
    sender.ip('route add 239.0.0.0/8 dev member', 'address add 10.1.0.99/32 dev member');
    const { stdout } = await sender.exec('ip', ['-6', '-o', 'address', 'show', 'dev', 'member', 'scope', 'link']);
    linkLocal = / (fe80::[^/]+)/.exec(stdout)?.[1] ?? '';
  });
  afterAll(() => lab.close());

  const run = async (
    host: Host,
    ...args: string[]
  ): Promise<{ status: number | null; stderr: string; lines: Line[] }> => {
    const { status, stdout, stderr } = await host.subsocket(['multicast', ...args, '--json'], { timeout: 40_000 });
    return { status, stderr, lines: jsonLines<Line>(stdout) };
  };
  const start = (host: Host, ...args: string[]): ChildProcess =>
    host.spawnNode('bin/subsocket.js', ['multicast', ...args], {}, ['pipe', 'ignore', 'inherit']);
  const complaint = async (...args: string[]): Promise<string> => {
    const { status, stderr } = await run(member, ...args);
    expect(status).toBe(2);
    return stderr;
  };

  /** What a receiver heard first of what is sent again and again until it is there. */
  const heard = async (receive: string[], send: string[]): Promise<Line | undefined> => {
    const sending = start(sender, 'send', ...send, '-i', '0.05', '-q');
    const { lines } = await run(member, 'recv', ...receive, '-c', '1', '-w', '30');
    sending.kill();
    return lines.find(({ type }) => type === 'sender');
  };

  test.each([4, 6] as const)('a source address and a mark, names off, IPv%s', async family => {
    const target = family === 4 ? `${GROUP[4]}:7001` : `[${GROUP[6]}]:7001`;
    const protocol = family === 4 ? 'ip' : 'ip6';
    sender.nft(`table ${protocol} marked {
      chain output { type filter hook output priority 0; ${protocol} daddr ${GROUP[family]} meta mark != 7 drop; }
    }`);
    const source = family === 4 ? '10.1.0.99' : 'fd01::2';
    const letters = [`-${family}`, '-n', '--mark', '7'];
    const send = [target, ...letters, '-I', 'member', '--source', source];
    expect(await heard(['--source', source, ...letters, '-I', 'sender', target], send)).toMatchObject({
      address: source,
      interface: 'sender',
    });
  });

  test.each([
    ['one interface', 'sender'],
    ['all', 'all'],
  ])('a group of the link, without a zone, on %s', async (_what, choice) => {
    const send = ['ff02::32:1', '-I', 'member', '--source', linkLocal];
    expect(await heard(['ff02::32:1', '-I', choice], send)).toMatchObject({ interface: 'sender' });
  });

  test('zones are names: of the group, the source and the sender', async () => {
    const index = Number.parseInt((await sender.exec('ip', ['-o', 'link', 'show', 'dev', 'member'])).stdout, 10);
    const { lines } = await run(sender, 'send', `[ff02::32:2%${index}]:7002`, '-c', '1');
    expect(lines[0]).toMatchObject({ group: 'ff02::32:2%member', source: `${linkLocal}%member` });
    const { stdout } = await sender.subsocket([
      'multicast',
      'send',
      `ff15::32:2`,
      '-I',
      'member',
      '-c',
      '1',
      '--source',
      linkLocal,
    ]);
    expect(stdout).toMatch(`[ff15::32:2]:5001 from ${linkLocal}%member, 64 bytes`);
    const received = await heard(['ff02::32:3', '-I', 'sender'], ['ff02::32:3', '-I', 'member']);
    expect(received).toMatchObject({ address: `${linkLocal}%sender` });
  });

  test('what is sent without an address is told, and arrives so', async () => {
    const nobody = lab.host('nobody');
    const receiving = run(nobody, 'recv', GROUP[4], '-I', 'lo', '-c', '1', '-w', '30');
    const send = ['multicast', 'send', GROUP[4], '-I', 'lo', '-c', '20', '-i', '0.1'];
    nobody.ip('address flush dev lo');
    const { stdout } = await nobody.subsocket(send);
    expect(stdout).toContain(' from 0.0.0.0 (this host has no address to send from), 64 bytes');
    expect((await receiving).lines.find(({ type }) => type === 'sender')).toMatchObject({ address: '0.0.0.0' });
  });

  test('groups of a family, an interface and a source', async () => {
    const receiving = start(member, 'recv', GROUP[4], '-I', 'sender', '-s', '192.0.2.1', '-s', '192.0.2.2');
    const listed = async (...args: string[]): Promise<unknown[]> =>
      (await run(member, 'groups', '-4', '-n', '--mark', '1', ...args)).lines.map(({ group }) => group);
    await expect.poll(() => listed('--source', '192.0.2.2'), { timeout: 20_000 }).toEqual([GROUP[4]]);
    expect(await listed('--source', '192.0.2.3')).toEqual([]);
    receiving.kill();
  });

  test.each([
    [['recv', GROUP[4], '-6'], `${GROUP[4]} is an IPv4 group, and IPv6 was asked for`],
    [['send', GROUP[6], '-4'], `${GROUP[6]} is an IPv6 group, and IPv4 was asked for`],
    [['recv', GROUP[4], '-4', '-6'], '-4 and -6 exclude one another'],
    [['groups', '-4', '-6'], '-4 and -6 exclude one another'],
    [['groups', '--source', 'x'], '--source takes an address, not x'],
    [['send', GROUP[4], '--source', 'fd01::2'], 'source takes the IPv4 address of one host'],
    [['send', GROUP[4], '--source', '192.0.2.1'], 'bind 192.0.2.1 port 0'],
    [['send', GROUP[6], '--source', 'fe80::1'], 'source takes a zone too, as fe80::1%eth0'],
    [['send', GROUP[4], '--mark', '-1'], '--mark takes 0 to 4294967295, not -1'],
    [['recv'], 'name a group: subsocket multicast recv GROUP[:PORT]'],
    [['send'], 'name a group: subsocket multicast send GROUP[:PORT]'],
    [['recv', '--hops', '3'], "unknown option '--hops'"],
    [['recv', GROUP[4], GROUP[4]], 'too many arguments'],
  ])('%j is refused, under its own name', async (args, message) => {
    const text = await complaint(...args);
    expect(text.startsWith(`subsocket multicast ${args[0]}: `)).toBe(true);
    expect(text).toContain(message);
  });
});
