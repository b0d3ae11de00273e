import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Chain, chain, describeNeeding, Lab } from '../../support/lab/index.js';

const families = [4, 6] as const;

describeNeeding(['namespaces', 'nftables'], 'on a host whose packet filter drops what it sends', () => {
  let lab: Lab;
  let path: Chain;

  beforeAll(() => {
    lab = new Lab();
    path = chain(lab, 2);
    path.client.allowPingSockets();
    const drop = `ip daddr ${path.target(4)} drop; ip6 daddr ${path.target(6)} drop;`;
    path.client.nft(`table inet t {\nchain o { type filter hook output priority 0; ${drop} }\n}`);
  });
  afterAll(() => lab.close());

  const commands = [
    { name: 'trace', words: ['trace', '-n', '-m', '4'] },
    { name: 'trace', words: ['trace', '-n', '--json', '-m', '4'] },
    { name: 'trace', words: ['trace', '-n', '--mda', '-m', '4'] },
    { name: 'mtr', words: ['mtr', '-n', '-r', '-c', '2', '-i', '0.05'] },
  ];
  const ways = families
    .flatMap(family =>
      commands.flatMap(command =>
        [false, true].map(unprivileged => ({ family, unprivileged, ...command, line: command.words.join(' ') })),
      ),
    )
    // An IPv6 ping socket is not told: icmpv6_push_pending_frames() in net/ipv6/icmp.c drops the error.
    .filter(({ family, unprivileged, name }) => name !== 'mtr' || family === 4 || !unprivileged);

  test.each(ways)('$line says so, IPv$family, unprivileged: $unprivileged', async ({ words, name, ...way }) => {
    const to = path.target(way.family);
    const { stderr, status } = await path.client.subsocket([...words, to], { unprivileged: way.unprivileged });
    expect(stderr).toBe(
      `subsocket ${name}: this host refuses to send probes to ${to} (EPERM, Operation not permitted): ` +
        'a packet filter of this host drops them; `nft list ruleset` shows its rules\n',
    );
    expect(status).toBe(2);
  });

  test('a trace to a broadcast address is refused by name', async () => {
    const { stderr, stdout, status } = await path.client.subsocket(['trace', '-n', '255.255.255.255']);
    expect(stderr).toMatch(/^subsocket trace: this host refuses .*\(EACCES, Permission denied\).*name one host.*\n$/);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(status).toBe(2);
  });
});
