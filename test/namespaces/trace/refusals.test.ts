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
});

describeNeeding('namespaces', 'many hosts have no one path', () => {
  let lab: Lab;
  let path: Chain;
  /** Of the network between client and first router. */
  const BROADCAST = '10.0.0.255';

  beforeAll(() => {
    lab = new Lab();
    path = chain(lab, 1);
  });
  afterAll(() => lab.close());

  const commands = ['trace -n', 'trace -n --json', 'trace --live -n -r -c 1', 'mtr -n -r -c 1', 'mtu -n'];
  const targets = [
    ['224.0.0.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    [BROADCAST, 'broadcast'],
  ] as const;
  const calls = commands.flatMap(command => targets.map(([to, kind]) => ({ command, to, kind })));

  test.each(calls)('$command $to is refused by name', async ({ command, to, kind }) => {
    const words = [...command.split(' '), to];
    const { stdout, stderr, status } = await path.client.subsocket(words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(
      `subsocket ${words[0]}: target takes the address of one host (${to} is a ${kind} address), not "${to}"\n`,
    );
  });

  test.each(['traceroute', 'watchPath', 'discoverPathMtu'])('%s() rejects', async call => {
    const program = `import { ${call} } from 'subsocket';
      try {
        for await (const event of ${call}('${BROADCAST}')) console.log(event.type);
      } catch (error) {
        console.log(error.name, error.argument);
      }`;
    expect((await path.client.node(program)).stdout).toBe('ArgumentError target\n');
  });

  test('among many targets it is unresolved, and the others are traced', async () => {
    const program = `import { traceroute } from 'subsocket';
      for await (const event of traceroute(['224.0.0.1', '${BROADCAST}', '${path.target(4)}'])) {
        if (event.type !== 'hop') console.log(event.type, event.target, event.error ?? event.reached);
      }`;
    const { stdout } = await path.client.node(program);
    expect(stdout.trim().split('\n').sort()).toEqual([
      `result ${path.target(4)} true`,
      `unresolved ${BROADCAST} ERR_SUBSOCKET_ARGUMENT`,
      'unresolved 224.0.0.1 ERR_SUBSOCKET_ARGUMENT',
    ]);
  });
});
