import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { jsonLines } from '../../support/cli/command.js';
import { type Chain, chain, describeNeeding, Lab } from '../../support/lab/index.js';

const families = [4, 6] as const;

/** What a router says of packets that are too big stays in it. */
const SILENT =
  'table inet silent {\n chain c {\n  type filter hook output priority 0;\n  icmp type destination-unreachable icmp code frag-needed drop\n  icmpv6 type packet-too-big drop\n }\n}\n';

describeNeeding(['namespaces', 'nftables'], 'the path MTU by TCP connections, without privilege', () => {
  let lab: Lab;
  let path: Chain;

  beforeAll(async () => {
    lab = new Lab();
    path = chain(lab, 3, { mtus: [1500, 1500, 1380, 1500] });
    const script = `import net from 'node:net';
      const server = net.createServer(socket => socket.on('error', () => {}).resume());
      server.listen(443, '::', () => console.log('listening'));`;
    const server = path.server.spawnNode(script);
    if (server.stdout) await once(server.stdout, 'data');
  });
  afterAll(() => lab.close());
  // What the kernel has learned in one test is not to help, or to mislead, the next.
  beforeEach(async () => {
    for (const family of families) await path.client.exec('ip', [`-${family}`, 'route', 'flush', 'cache']);
  });

  const mtu = async (...args: string[]) => {
    const { stdout, stderr, status } = await path.client.subsocket(['mtu', '--json', '--protocol', 'tcp', ...args], {
      unprivileged: true,
    });
    const events = jsonLines(stdout);
    return { events, result: events.at(-1), stderr, status };
  };

  test.each(families)('IPv%i: a silent limit is found to the byte', async family => {
    path.routers[1]?.nft(SILENT);
    try {
      const { result, status, stderr } = await mtu('-w', '0.3', path.target(family));
      expect(stderr).toBe('');
      expect(result).toMatchObject({
        ...{ pathMtu: 1380, lowerBound: 1380, upperBound: 1380, method: 'searched', blackHole: true },
        ...{ protocol: 'tcp', port: 443, sockets: 'unprivileged', tcpMss: family === 4 ? 1340 : 1320 },
        limits: [{ mtu: 1380, ttl: null, address: null, evidence: 'silent' }],
      });
      expect(status).toBe(0);
    } finally {
      path.routers[1]?.nft('delete table inet silent');
    }
  });

  test.each(families)('IPv%i: a report is what the kernel makes of it', async family => {
    const { result, status } = await mtu(path.target(family));
    expect(result).toMatchObject({
      ...{ pathMtu: 1380, method: 'reported', blackHole: false, interfaceMtu: 1500, kernelMtu: 1500 },
      limits: [{ mtu: 1380, ttl: null, address: null, evidence: 'reported' }],
    });
    expect(status).toBe(0);
  });

  const text = async (...args: string[]) => {
    const words = ['mtu', '--quiet', '--protocol', 'tcp', ...args];
    const { stdout, status } = await path.client.subsocket(words, { unprivileged: true });
    return { line: stdout.trimEnd(), status };
  };

  test('the lines say what a connection has shown', async () => {
    path.routers[1]?.nft(SILENT);
    try {
      expect((await text('-w', '0.3', path.target(4))).line).toBe(
        'MTU 1380; something on the path drops larger packets silently; clamp MSS to 1340',
      );
    } finally {
      path.routers[1]?.nft('delete table inet silent');
    }
    expect((await text(path.target(4))).line).toBe(
      "MTU 1380; a router has reported it to this host's kernel; clamp MSS to 1340",
    );
    expect((await text(path.target(4))).line).toBe(
      'MTU 1380; this host sends nothing larger that way; so its kernel believes, by its routes or its cache; clamp MSS to 1340',
    );
  });

  test('no limit but the interface', async () => {
    const near = path.path(4)[0] as string;
    const server = path.routers[0]?.spawnNode(
      "import net from 'node:net'; net.createServer(socket => socket.on('error', () => {}).resume()).listen(80, () => console.log('up'));",
    );
    if (server?.stdout) await once(server.stdout, 'data');
    const { result } = await mtu(near);
    expect(result).toMatchObject({ pathMtu: 1500, lowerBound: 1500, port: 80, limits: [] });
    server?.kill();
  });

  test('what the target takes at most is tried at most', async () => {
    path.server.nft(
      'table inet clamp {\n chain c {\n  type filter hook output priority 0;\n  tcp flags syn tcp option maxseg size set 1200\n }\n}\n',
    );
    try {
      const { result } = await mtu(path.target(4));
      expect(result).toMatchObject({ pathMtu: 1240, offeredMss: 1200, limits: [] });
      expect((await text(path.target(4))).line).toBe(
        'MTU 1240; the target takes no larger segments of TCP, so larger packets were not tried',
      );
    } finally {
      path.server.nft('delete table inet clamp');
    }
  });

  test.each(families)('IPv%i: a port that refuses connections shows nothing', async family => {
    const { result, status } = await mtu('-p', '4', path.target(family));
    expect(result).toMatchObject({
      ...{ pathMtu: null, lowerBound: 0, protocol: null, probes: 1 },
      refusedBy: { address: path.target(family), error: 'connection-refused' },
    });
    expect(status).toBe(1);
    expect((await text('-p', '4', path.target(family))).line).toMatch(
      /connection-refused; try -p with a port that accepts/,
    );
  });

  test('a target that answers nothing takes a bounded time', async () => {
    path.server.nft(
      'table inet mute {\n chain c {\n  type filter hook input priority 0;\n  meta l4proto tcp drop\n }\n}\n',
    );
    try {
      const { result, status } = await mtu('-w', '0.1', path.target(4));
      expect(result).toMatchObject({ pathMtu: null, protocol: null, probes: 2 });
      expect(result).not.toHaveProperty('refusedBy');
      expect(status).toBe(1);
    } finally {
      path.server.nft('delete table inet mute');
    }
  });

  /** Segments of this kind end their connection, and are not acknowledged. */
  const resetting = async (kind: string, action: () => Promise<void>) => {
    const rule = `tcp dport 443 ${kind} reject with tcp reset`;
    path.server.nft(`table inet resets {\n chain c {\n  type filter hook input priority 0;\n  ${rule}\n }\n}\n`);
    try {
      await action();
    } finally {
      path.server.nft('delete table inet resets');
    }
  };

  test.each(families)('IPv%i: a target that resets every connection shows nothing', family =>
    resetting('tcp flags & psh == psh', async () => {
      const target = path.target(family);
      const { result, status } = await mtu(target);
      expect(result).toMatchObject({
        ...{ pathMtu: null, lowerBound: 0, protocol: null, blackHole: false, limits: [] },
        refusedBy: { address: target, error: 'connection-reset' },
      });
      expect(status).toBe(1);
      expect((await text(target)).line).toMatch(/refuses them: connection-reset; try -p with a port that accepts/);
    }),
  );

  test('a target that resets some connections hides no larger packets', () =>
    resetting('meta length > 500', async () => {
      const { result, status } = await mtu(path.target(4));
      expect(result).toMatchObject({
        ...{ pathMtu: null, protocol: 'tcp', blackHole: false, limits: [] },
        refusedBy: { address: path.target(4), error: 'connection-reset' },
      });
      expect(status).toBe(1);
      expect((await text(path.target(4))).line).toMatch(
        /^MTU unknown: \d+ bytes get through, but [\d.]+ refuses others: connection-reset; try -p with a port/,
      );
    }));

  test('it is ended in the middle, and leaves nothing open', async () => {
    path.routers[1]?.nft(SILENT);
    const script = `
      import { readdirSync } from 'node:fs';
      import { discoverPathMtu } from 'subsocket';
      const options = { protocol: 'tcp', sockets: 'unprivileged', timeout: 300 };
      const begin = async () => {
        for await (const event of discoverPathMtu(process.argv[1], options)) if (event.type === 'probe') break;
        const run = discoverPathMtu(process.argv[1], { ...options, onStart: () => setImmediate(() => run.stop()) });
        return await run.result();
      };
      await begin();
      const before = readdirSync('/proc/self/fd').length;
      const { stopped, pathMtu } = await begin();
      console.log(JSON.stringify({ stopped, pathMtu, left: readdirSync('/proc/self/fd').length - before }));`;
    try {
      const { stdout, stderr } = await path.client.node(script, [path.target(4)], { unprivileged: true });
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toEqual({ stopped: true, pathMtu: null, left: 0 });
    } finally {
      path.routers[1]?.nft('delete table inet silent');
    }
  });
});
