import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonLines } from '../../support/cli/command.js';
import { againAndAgain, expectNothingLeft } from '../../support/kernel/endurance.js';
import { type Chain, chain, describeNeeding, type Host, Lab } from '../../support/lab/index.js';

interface Outcome {
  events: Record<string, unknown>[];
  result: Record<string, unknown>;
  stderr: string;
  status: number | null;
}

/** Runs the command with --json and gives its events. */
async function mtuJson(
  host: Host,
  args: readonly string[],
  options: { unprivileged?: boolean } = {},
): Promise<Outcome> {
  const { stdout, stderr, status } = await host.subsocket(['mtu', '--json', ...args], options);
  const events = jsonLines(stdout);
  return { events, result: events.at(-1) ?? {}, stderr, status };
}

const families = [4, 6] as const;

/** What a router says of packets that are too big stays in it. */
const SILENT = `table inet silent {
 chain c {
  type filter hook output priority 0;
  icmp type destination-unreachable icmp code frag-needed drop
  icmpv6 type packet-too-big drop
 }
}
`;
const TALKING = 'delete table inet silent';

/** What the kernel keeps of reports, as `ip route get` tells it. */
async function cachedMtu(host: Host, target: string): Promise<string | undefined> {
  const { stdout } = await host.exec('ip', ['route', 'get', target]);
  return /\bmtu (\d+)/.exec(stdout)?.[1];
}

describeNeeding(['namespaces', 'nftables'], 'the path MTU through three routers', () => {
  let lab: Lab;
  let path: Chain;

  beforeAll(() => {
    lab = new Lab();
    path = chain(lab, 3, { mtus: [1500, 1500, 1400, 1500] });
  });
  afterAll(() => lab.close());

  const limitAt = (family: 4 | 6, hop: number, mtu: number, evidence: string) => ({
    mtu,
    address: path.path(family)[hop - 1],
    ttl: hop,
    evidence,
  });

  test.each(families)('IPv%i: is what the narrow link takes, and the router before it says so', async family => {
    const { events, result, status } = await mtuJson(path.client, [path.target(family)]);
    expect(result).toMatchObject({
      type: 'result',
      address: path.target(family),
      pathMtu: 1400,
      method: 'reported',
      blackHole: false,
      limits: [limitAt(family, 2, 1400, 'reported')],
      anomalies: [],
      interfaceMtu: 1500,
      tcpMss: family === 4 ? 1360 : 1340,
    });
    // Neighbours may have to be found before anything is answered.
    const [report] = events.filter(({ outcome }) => outcome === 'too-big');
    expect(report).toMatchObject({ type: 'probe', size: 1500, from: path.path(family)[1], reported: 1400 });
    expect(status).toBe(0);
  });

  test.each(families.flatMap(family => (['udp', 'icmp', 'tcp'] as const).map(protocol => [family, protocol] as const)))(
    'IPv%i: is the same with %s alone',
    async (family, protocol) => {
      const { result } = await mtuJson(path.client, ['--protocol', protocol, path.target(family)]);
      expect(result).toMatchObject({ pathMtu: 1400, method: 'reported', protocol });
    },
  );

  test('a search that is made again and again leaves nothing behind', { timeout: 60_000 }, async () => {
    const { stdout } = await path.client.exec(process.execPath, againAndAgain('path-mtu', path.target(4)));
    expectNothingLeft(stdout);
  });

  test.each(families)('IPv%i: a router that keeps silent is found, and its limit to the byte', async family => {
    path.routers[1]?.nft(SILENT);
    try {
      const { result, status } = await mtuJson(path.client, [path.target(family)]);
      expect(result).toMatchObject({
        pathMtu: 1400,
        method: 'searched',
        blackHole: true,
        limits: [limitAt(family, 2, 1400, 'silent')],
      });
      expect(status).toBe(0);
    } finally {
      path.routers[1]?.nft(TALKING);
    }
  });

  test.each(families)(
    'IPv%i: reports that are filtered on their way are a black hole at the router that sends them',
    async family => {
      const filter = SILENT.replace('hook output', 'hook forward').replaceAll('silent', 'filter1');
      path.routers[0]?.nft(filter);
      try {
        const { result } = await mtuJson(path.client, [path.target(family)]);
        expect(result).toMatchObject({ pathMtu: 1400, blackHole: true, limits: [limitAt(family, 2, 1400, 'silent')] });
      } finally {
        path.routers[0]?.nft('delete table inet filter1');
      }
    },
  );

  test.each(families)(
    'IPv%i: a firewall that drops large packets is a black hole at the router before it',
    async family => {
      path.routers[2]?.nft(
        'table inet big {\n chain c {\n  type filter hook prerouting priority 0;\n  meta length > 1333 drop\n }\n}\n',
      );
      try {
        const { result } = await mtuJson(path.client, [path.target(family)]);
        expect(result).toMatchObject({
          pathMtu: 1333,
          blackHole: true,
          limits: [limitAt(family, 2, 1400, 'reported'), limitAt(family, 2, 1333, 'silent')],
        });
      } finally {
        path.routers[2]?.nft('delete table inet big');
      }
    },
  );

  test.each(families.flatMap(family => [443, 80].map(port => [family, port] as const)))(
    'IPv%i: a target that drops all but TCP to port %i is still asked',
    async (family, port) => {
      path.server.nft(
        `table inet tcponly {\n chain c {\n  type filter hook input priority 0;\n  icmp type echo-request drop\n  icmpv6 type echo-request drop\n  meta l4proto udp drop\n  tcp dport != ${port} drop\n }\n}\n`,
      );
      try {
        const { result } = await mtuJson(path.client, ['-w', '0.3', path.target(family)]);
        expect(result).toMatchObject({ pathMtu: 1400, method: 'reported', protocol: 'tcp', port });
      } finally {
        path.server.nft('delete table inet tcponly');
      }
    },
  );

  test.each(families)(
    'IPv%i: a target that answers nothing leaves it unknown, and what is known is told',
    async family => {
      path.server.nft(
        'table inet deaf {\n chain c {\n  type filter hook input priority 0;\n  icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept\n  drop\n }\n}\n',
      );
      try {
        const { result, status } = await mtuJson(path.client, ['-w', '0.2', path.target(family)]);
        expect(result).toMatchObject({
          pathMtu: null,
          upperBound: 1400,
          limits: [limitAt(family, 2, 1400, 'reported')],
        });
        expect(status).toBe(1);
      } finally {
        path.server.nft('delete table inet deaf');
      }
    },
  );

  test.each(families)(
    "IPv%i: a router's firewall that rejects everything proves nothing, and is named",
    async family => {
      path.routers[0]?.nft(
        'table inet wall {\n chain c {\n  type filter hook forward priority 0;\n  ct direction original reject\n }\n}\n',
      );
      try {
        const { result, status } = await mtuJson(path.client, ['-w', '0.2', path.target(family)]);
        const refusedBy = { address: path.path(family)[0], error: 'port-unreachable' };
        expect(result).toMatchObject({ pathMtu: null, lowerBound: 0, limits: [], refusedBy });
        expect(status).toBe(1);
      } finally {
        path.routers[0]?.nft('delete table inet wall');
      }
    },
  );

  test('ends with a line that can be acted on', async () => {
    const { stdout } = await path.client.subsocket(['mtu', path.target(4)]);
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      'path MTU to 10.0.3.2 (10.0.3.2) from 10.0.0.1, 1500 bytes at most',
      ' 0:  [LOCALHOST]                              pmtu 1500',
    ]);
    expect(stdout).toMatch(/\n 2: {2}10\.0\.1\.2 +pmtu 1400\n/);
    expect(stdout).toMatch(/\nMTU 1400; hop 2 \(10\.0\.1\.2\) reports it; clamp MSS to 1360\n$/);
  });

  test('--max below the limit: nothing larger is tried', async () => {
    const { result, events } = await mtuJson(path.client, ['--max', '1300', path.target(4)]);
    expect(result).toMatchObject({ pathMtu: 1300, limits: [] });
    expect(Math.max(...events.map(({ size }) => Number(size ?? 0)))).toBe(1300);
  });

  test.each([
    [['10.0.0.1'], /address of this host/],
    [['127.0.0.1'], /address of this host/],
    [['0.0.0.0'], /address of this host/],
    [['::'], /address of this host/],
    [['--min', '1400', '--max', '1300', '10.0.3.2'], /--min 1400 is more than --max 1300/],
    [['--min', '20', '10.0.3.2'], /--min takes 68 to 65535 bytes/],
    [['--max', '70000', '10.0.3.2'], /--max takes 68 to 65535 bytes/],
    [['--max', '1000', 'fd00:3::2'], /^subsocket mtu: --max takes 1280 to 65535 bytes, not 1000/],
    [['--min', '1000', '-6', 'fd00:3::2'], /^subsocket mtu: --min takes 1280 to 65535 bytes, not 1000/],
    [['--min', '1501', '10.0.3.2'], /^subsocket mtu: --min takes no more than 1500 bytes, .* not 1501/],
    [['--source', '10.0.0.1', '-6', 'fd00:3::2'], /^subsocket mtu: --source takes an IPv6 address, not "10.0.0.1"/],
    [[], /name a target/],
  ])('refuses %j in one line', async (args, message) => {
    const { stdout, stderr, status } = await path.client.subsocket(['mtu', ...args]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('a firewall of this host that lets nothing out is named', async () => {
    path.client.nft(
      'table inet out {\n chain c {\n  type filter hook output priority 0;\n  ip daddr 10.0.3.2 drop\n }\n}\n',
    );
    try {
      const { result, status } = await mtuJson(path.client, [path.target(4)]);
      expect(result).toMatchObject({ pathMtu: null, probes: 0, refusal: 'operation-not-permitted' });
      expect(status).toBe(2);
    } finally {
      path.client.nft('delete table inet out');
    }
  });

  test('refuses a target without a route', async () => {
    const alone = lab.host('alone');
    const { stderr, status } = await mtuJson(alone, ['192.0.2.1']);
    expect(stderr).toMatch(/192\.0\.2\.1: ENETUNREACH/);
    expect(status).toBe(2);
    const unknown = await mtuJson(alone, ['no.such.host.invalid']);
    expect(unknown.stderr).toMatch(/no\.such\.host\.invalid/);
    expect(unknown.status).toBe(2);
  });
});

describeNeeding('namespaces', "the kernel's own idea of a path", () => {
  let lab: Lab;
  let path: Chain;

  beforeAll(() => {
    lab = new Lab();
    path = chain(lab, 2, { mtus: [1500, 1400, 1500] });
  });
  afterAll(() => lab.close());

  test.each([
    [4, 'auto'],
    [4, 'icmp'],
    [4, 'udp'],
    [4, 'tcp'],
    [6, 'auto'],
    [6, 'udp'],
    [6, 'tcp'],
  ] as const)('IPv%i, %s: what comes back over raw sockets is not learnt', async (family, protocol) => {
    const { result } = await mtuJson(path.client, ['--protocol', protocol, path.target(family)]);
    expect(result).toMatchObject({ pathMtu: 1400, method: 'reported' });
    expect(await cachedMtu(path.client, path.target(family))).toBeUndefined();
  });

  test.each(families)('IPv%i: what it believes is told, and not believed', async family => {
    const gateway = path.path(family)[0] ?? '';
    const prefix = family === 4 ? '10.0.2.0/24' : 'fd00:2::/64';
    path.client.ip(`route add ${prefix} via ${gateway} mtu 1290`);
    const { result } = await mtuJson(path.client, [path.target(family)]);
    expect(result).toMatchObject({ pathMtu: 1400, kernelMtu: 1290, interfaceMtu: 1500 });
    path.client.ip(`route del ${prefix} via ${gateway}`);
  });
});

describeNeeding(['namespaces', 'nftables'], 'the path MTU without privilege', () => {
  let lab: Lab;
  let path: Chain;

  beforeAll(() => {
    lab = new Lab();
    path = chain(lab, 3, { mtus: [1500, 1500, 1400, 1500] });
  });
  afterAll(() => lab.close());

  for (const pingSockets of [false, true]) {
    const how = pingSockets ? 'with ping sockets' : 'with UDP sockets alone';
    test.each(families)(`IPv%i, ${how}: a reported limit`, async family => {
      path.client.allowPingSockets(pingSockets);
      const { result, status, stderr } = await mtuJson(path.client, [path.target(family)], { unprivileged: true });
      expect(stderr).toBe('');
      expect(result).toMatchObject({
        pathMtu: 1400,
        method: 'reported',
        protocol: pingSockets ? 'icmp' : 'udp',
        limits: [{ mtu: 1400, address: path.path(family)[1], ttl: 2 }],
      });
      expect(status).toBe(0);
    });

    test.each(families)(`IPv%i, ${how}: a black hole`, async family => {
      path.client.allowPingSockets(pingSockets);
      path.routers[1]?.nft(SILENT);
      try {
        const { result } = await mtuJson(path.client, [path.target(family)], { unprivileged: true });
        const limits = [{ mtu: 1400, address: path.path(family)[1], ttl: 2, evidence: 'silent' }];
        expect(result).toMatchObject({ pathMtu: 1400, blackHole: true, limits });
      } finally {
        path.routers[1]?.nft(TALKING);
      }
    });
  }
});
