import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Chain, chain, describeNeeding, type Host, Lab } from '../../support/lab/index.js';

/** A server on each of the ports that does with a connection what the text says, and tells when it listens. */
const serverOf = (ports: readonly number[], onConnection: string): string => `
  import { createServer } from 'node:net';
  import { once } from 'node:events';
  for (const port of [${ports}]) {
    const server = createServer(peer => { peer.on('error', () => {}); ${onConnection} }).listen(port);
    await once(server, 'listening');
  }
  console.log('ready');`;

/** Starts a program of Node, and gives its lines; the first has come. */
async function started(host: Host, program: string, ...args: string[]) {
  const child = host.spawnNode(program, args);
  if (child.stdout === null) throw new Error('the output is no pipe');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return { child, next: async (): Promise<string | undefined> => (await lines.next()).value };
}

describeNeeding('namespaces', 'a peer that is cut off', () => {
  const lab = new Lab();
  let path: Chain;

  beforeAll(() => {
    path = chain(lab, 1);
  });
  afterAll(() => lab.close());

  it('is noticed through TCP_USER_TIMEOUT, though no packet says so', async () => {
    const { client, routers, server } = path;
    await started(server, serverOf([7], 'peer.resume();'));
    const { child, next } = await started(client, 'examples/dead-peer.mjs', path.target(4), '7');
    const cutOff = performance.now();
    routers[0]?.nft('table ip cut { chain forward { type filter hook forward priority 0; drop; }; }');
    expect(await next()).toBe('gone: ETIMEDOUT');
    // The kernel looks at its retransmission timers; without the option it would go on for a quarter of an hour.
    expect(performance.now() - cutOff).toBeLessThan(5000);
    if (child.exitCode === null) await once(child, 'exit');
  });
});

describeNeeding(['namespaces', 'nftables'], 'a network that loses IPv6', () => {
  const lab = new Lab();
  let path: Chain;
  const connecting = (options: string) => `
    import { connect } from './dist/index.js';
    const addresses = [{ address: '${path.target(6)}', family: 6 }, { address: '${path.target(4)}', family: 4 }];
    const lookup = (_host, _options, callback) => callback(null, addresses);
    const socket = await connect({ host: 'two.test', port: 7, lookup, ${options} }).catch(error => error);
    console.log(socket.code ?? socket.remoteFamily);
    socket.destroy?.();`;

  beforeAll(async () => {
    path = chain(lab, 1);
    path.routers[0]?.nft('table ip6 cut { chain forward { type filter hook forward priority 0; drop; }; }');
    await started(path.server, serverOf([7], 'peer.resume();'));
  });
  afterAll(() => lab.close());

  it('is got around over IPv4, while IPv6 is still being tried', async () => {
    const { stdout } = await path.client.node(connecting('autoSelectFamily: true'));
    expect(stdout).toBe('IPv4\n');
  });

  it('is waited for until the timeout, where only the first address is tried', async () => {
    const { stdout } = await path.client.node(connecting('autoSelectFamily: false, timeout: 500'));
    expect(stdout).toBe('ETIMEDOUT\n');
  });
});

describeNeeding(['namespaces', 'nftables'], 'a proxy on the way', () => {
  const lab = new Lab();
  let path: Chain;
  const router = () => path.routers[0] as Host;
  const ask = (address: string, port: number) => `
    import { connect } from 'node:net';
    connect(${port}, '${address}').on('data', data => process.stdout.write(data));`;

  beforeAll(async () => {
    path = chain(lab, 1);
    await started(path.server, serverOf([80], 'peer.end(peer.remoteAddress);'));
  });
  afterAll(() => lab.close());

  it.each([4, 6] as const)('learns where an IPv%i connection was to go before it was redirected', async family => {
    const [table, any] = family === 4 ? ['ip', '0.0.0.0'] : ['ip6', '::'];
    const port = String(3120 + family);
    router().nft(
      `table ${table} nat { chain prerouting { type nat hook prerouting priority dstnat; tcp dport 81 redirect to :${port}; }; }`,
    );
    await started(router(), 'examples/redirected.mjs', port, any as string);
    const { stdout } = await path.client.node(ask(path.target(family), 81));
    expect(stdout).toBe(`you wanted ${path.target(family)} port 81\n`);
  });

  it('is not seen by either end with IP_TRANSPARENT', async () => {
    router().nft(`table ip proxy {
      chain prerouting {
        type filter hook prerouting priority mangle;
        meta l4proto tcp socket transparent 1 meta mark set 1 accept;
        tcp dport 80 tproxy to :3128 meta mark set 1;
      };
    }`);
    router().ip('rule add fwmark 1 lookup 100', 'route add local default dev lo table 100');
    const { next } = await started(router(), 'examples/transparent-proxy.mjs', '3128');
    const { stdout } = await path.client.node(ask(path.target(4), 80));
    expect(stdout).toBe(`::ffff:${path.client.address(4)}`);
    expect(await next()).toBe(`${path.client.address(4)} to ${path.target(4)}:80`);
  });
});

describeNeeding('namespaces', 'a machine of its own', () => {
  const lab = new Lab();
  let host: Host;

  beforeAll(() => {
    host = lab.host('host');
  });
  afterAll(() => lab.close());

  it('sends data with the SYN at the second visit, with Fast Open', async () => {
    host.sysctl({ 'net.ipv4.tcp_fastopen': 3 });
    const { stdout } = await host.node('examples/fast-open.mjs');
    expect(stdout).toBe('first visit: the handshake came first\nsecond visit: the data went with the SYN\n');
  });

  it('has more connections than ports, with IP_BIND_ADDRESS_NO_PORT', async () => {
    host.sysctl({ 'net.ipv4.ip_local_port_range': '40000 40099' });
    await started(host, serverOf([7001, 7002], 'peer.resume();'));
    const { stdout } = await host.node('examples/many-connections.mjs', ['127.0.0.1', '7001,7002', '190']);
    const [, connections, ports] = /^(\d+) connections from (\d+) ports\n$/.exec(stdout) ?? [];
    expect(connections).toBe('190');
    expect(Number(ports)).toBeLessThanOrEqual(100);
  });

  it('says what a process without privilege lacks, and what gives it', async () => {
    const program = `
      import { connect } from './dist/index.js';
      await connect({ host: '127.0.0.1', port: 9, options: { SO_MARK: 7 } }).catch(error => {
        console.log(error.name, error.code, error.missing);
        console.log(error.remedy);
      });
      await connect({ host: '127.0.0.1', port: 9, options: { SO_DEBUG: true } }).catch(error => {
        console.log(error.name, error.code, error.missing);
      });`;
    const { stdout } = await host.unprivileged(process.execPath, ['--input-type=module', '--eval', program]);
    const [first, remedy, debug] = stdout.split('\n');
    expect(first).toBe('PermissionError EPERM CAP_NET_ADMIN');
    expect(debug).toBe('PermissionError EACCES CAP_NET_ADMIN');
    expect(remedy).toMatch(/^sudo setcap cap_net_admin\+ep "\$\(readlink -f \/.*node\)"$/);
  });
});
