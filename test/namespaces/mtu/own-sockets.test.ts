import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Chain, chain, describeNeeding, Lab } from '../../support/lab/index.js';

const families = [4, 6] as const;

describeNeeding(['namespaces', 'nftables'], "a program's own sockets", () => {
  let lab: Lab;
  let path: Chain;

  beforeAll(async () => {
    lab = new Lab();
    path = chain(lab, 2, { mtus: [1500, 1400, 1500] });
    const listener = path.server.spawnNode(
      `import net from 'node:net'; import dgram from 'node:dgram';
       dgram.createSocket('udp6').bind(4433);
       net.createServer(socket => socket.resume()).listen(4433, '::', () => console.log('ready'));`,
    );
    if (listener.stdout) await once(listener.stdout, 'data');
  });
  afterAll(() => lab.close());

  /** Runs a program in the client's namespace and gives the JSON that it prints. */
  async function run(program: string): Promise<unknown> {
    const { stdout, stderr } = await path.client.node(program);
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  }

  test.each(families)('IPv%i: a report about a datagram is told, and what the kernel makes of it', async family => {
    const told = await run(`
      import dgram from 'node:dgram'; import { once } from 'node:events';
      import { pathMtu, setPathMtuDiscovery, watchPathMtu } from 'subsocket';
      const socket = dgram.createSocket('udp${family}');
      socket.on('error', () => {});
      socket.connect(4433, '${path.target(family)}');
      await once(socket, 'connect');
      setPathMtuDiscovery(socket, 'do');
      const before = pathMtu(socket);
      const changes = watchPathMtu(socket, { interval: 20 });
      const first = (await changes.next()).value;
      socket.send(Buffer.alloc(${family === 4 ? 1472 : 1452}), () => {});
      const keepAlive = setInterval(() => {}, 1000);
      const second = (await changes.next()).value;
      const third = (await changes.next()).value;
      console.log(JSON.stringify({ before, first, later: [second, third], after: pathMtu(socket) }));
      await changes.return(); clearInterval(keepAlive); socket.close();`);
    const { later, ...rest } = told as { later: { origin: string }[] };
    expect(rest).toEqual({ before: 1500, first: { mtu: 1500, origin: 'kernel' }, after: 1400 });
    expect(later.sort((one, other) => one.origin.localeCompare(other.origin))).toEqual([
      { mtu: 1400, origin: 'kernel' },
      { mtu: 1400, origin: 'report', from: path.path(family)[0] },
    ]);
  });

  test('a socket that is not connected has no path', async () => {
    const code = await run(`
      import dgram from 'node:dgram'; import { once } from 'node:events'; import { pathMtu } from 'subsocket';
      const socket = dgram.createSocket('udp4').bind(); await once(socket, 'listening');
      let code; try { pathMtu(socket); } catch (error) { code = error.code; }
      console.log(JSON.stringify(code)); socket.close();`);
    expect(code).toBe('ENOTCONN');
  });

  test.each(families)('IPv%i: segments of a TCP connection are kept within an MTU that was found', async family => {
    const sizes = await run(`
      import net from 'node:net'; import { once } from 'node:events';
      import { getOption, limitSegments, segmentSizeOf } from 'subsocket';
      const socket = net.connect(4433, '${path.target(family)}'); await once(socket, 'connect');
      const set = limitSegments(socket, 1400);
      console.log(JSON.stringify([set, segmentSizeOf(1400, ${family}), getOption(socket, 'TCP_MAXSEG') <= set]));
      socket.destroy();`);
    const size = family === 4 ? 1360 : 1340;
    expect(sizes).toEqual([size, size, true]);
  });

  test('a SYN-ACK tells what the target takes, and a connection what it has agreed on', async () => {
    const { stdout } = await path.client.subsocket([
      'mtu',
      '--json',
      '--protocol',
      'tcp',
      '-p',
      '4433',
      path.target(4),
    ]);
    const result: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(result).toMatchObject({ pathMtu: 1400, protocol: 'tcp', offeredMss: 1460, tcpMss: 1360 });
    const known = await run(`
      import net from 'node:net'; import { once } from 'node:events'; import { connectionPath } from 'subsocket';
      const socket = net.connect(4433, '${path.target(4)}'); await once(socket, 'connect');
      console.log(JSON.stringify(connectionPath(socket))); socket.destroy();`);
    expect(known).toEqual({ mtu: expect.any(Number), segment: expect.any(Number), advertised: expect.any(Number) });
  });

  test('a protocol of the program finds its path MTU, though no report comes', async () => {
    const peer = path.server.spawnNode('examples/path-mtu-own-protocol.mjs', ['listen', '4500']);
    if (peer.stdout) await once(peer.stdout, 'data');
    path.routers[0]?.nft(
      'table inet silent {\n chain c {\n  type filter hook output priority 0;\n  icmp type destination-unreachable drop\n  icmpv6 type packet-too-big drop\n }\n}\n',
    );
    try {
      const program = 'examples/path-mtu-own-protocol.mjs';
      const { stdout } = await path.client.node(program, [path.target(4), '4500']);
      expect(stdout).toMatch(/^path MTU 1400: 1372 bytes of payload, found with \d+ probes\n$/);
    } finally {
      path.routers[0]?.nft('delete table inet silent');
      peer.kill('SIGKILL');
    }
  });

  test('a report that the program passes on is tried, and believed then', async () => {
    const found = await run(`
      import { DatagramMtuSearch } from 'subsocket';
      const search = new DatagramMtuSearch({ send: ({ id, size }) => setTimeout(() => {
        if (size > 1400) search.reportTooBig(id, 1400, '10.0.0.2'); else search.acknowledge(id);
      }, 5) });
      const { pathMtu, method, payload, probes } = await search.run();
      console.log(JSON.stringify({ pathMtu, method, payload, probes }));`);
    expect(found).toEqual({ pathMtu: 1400, method: 'reported', payload: 1372, probes: 4 });
  });

  test('the example says what limits the path', async () => {
    const { stdout } = await path.client.node('examples/path-mtu.mjs', [path.target(4)]);
    expect(stdout).toMatch(
      /^path MTU 1400 \(reported\), \d+ packets\n1400 bytes at hop 1 \(10\.0\.0\.2\): reported\nTCP segments of 1360 bytes fit\n$/,
    );
  });
});
