import { readlinkSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Chain, chain, describeNeeding, type Host, Lab } from '../../support/lab/index.js';

const families = [4, 6] as const;

describeNeeding('namespaces', 'a chain of three routers', () => {
  let lab: Lab;
  let path: Chain;

  beforeAll(() => {
    lab = new Lab();
    path = chain(lab, 3, { mtus: [1500, 1400] });
  });
  afterAll(() => lab.close());

  it.each(families)('carries packets of family %i both ways', async family => {
    const there = await path.client.exec('ping', ['-n', '-c1', '-W5', path.target(family)]);
    expect(there).toMatchObject({ status: 0, stdout: expect.stringContaining('1 received') });
    const back = await path.server.exec('ping', ['-n', '-c1', '-W5', path.client.address(family)]);
    expect(back.status).toBe(0);
  });

  it.each(families)('has the routers answer for time exceeded in order, family %i', async family => {
    const answers: string[] = [];
    for (const ttl of [1, 2, 3]) {
      const { stdout } = await path.client.exec('ping', ['-n', '-c1', '-W5', `-t${ttl}`, path.target(family)]);
      answers.push(/^From (\S+) icmp_seq=1 Time(?: to live)? exceeded/m.exec(stdout)?.[1] ?? stdout);
    }
    expect([...answers, path.target(family)]).toEqual(path.path(family));
  });

  it.each(families)("has the links' MTUs, family %i", async family => {
    const arguments_ = ['-n', '-c1', '-W5', '-Mdo', '-s1400', path.target(family)];
    const { stdout } = await path.client.exec('ping', arguments_);
    expect(stdout).toMatch(/mtu ?= ?1400|mtu=1400/);
  });
});

describeNeeding('namespaces', 'a host', () => {
  let lab: Lab;
  let host: Host;

  beforeAll(() => {
    lab = new Lab();
    host = lab.host('a');
  });
  afterAll(() => lab.close());

  it('has a network of its own', async () => {
    const { stdout } = await host.exec('readlink', ['/proc/self/ns/net']);
    expect(stdout.trim()).not.toBe(readlinkSync('/proc/self/ns/net'));
  });

  it('gives what a program printed, and its status', async () => {
    const result = await host.exec('sh', ['-c', 'cat; echo problem >&2; exit 3'], { input: 'text' });
    expect(result).toEqual({ stdout: 'text', stderr: 'problem\n', status: 3, signal: null });
  });

  it('kills a program that runs past its time', async () => {
    expect(await host.exec('sleep', ['600'], { timeout: 10 })).toMatchObject({ status: null, signal: 'SIGKILL' });
  });

  it('reads and sets kernel parameters', () => {
    host.sysctl({ 'net.ipv4.ip_default_ttl': 77 });
    expect(host.readSysctl('net.ipv4.ip_default_ttl')).toBe('77');
  });

  it('runs a program without any capability', async () => {
    const { stdout } = await host.unprivileged('cat', ['/proc/self/status']);
    expect(stdout).toMatch(/^CapEff:\t0+$/m);
    expect(stdout).toMatch(/^CapBnd:\t0+$/m);
  });

  it('lets a program without privilege open ping sockets where that is allowed', async () => {
    const program = 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)';
    const open = () => host.unprivileged('python3', ['-c', program], { env: { PATH: '/usr/bin:/bin' } });
    expect((await open()).stderr).toContain('PermissionError');
    host.allowPingSockets();
    expect(await open()).toMatchObject({ stderr: '', status: 0 });
  });

  it("runs the text of a module in Node from the project's root", async () => {
    const program = "import { existsSync } from 'node:fs'; console.log(process.argv[1], existsSync('package.json'));";
    expect((await host.node(program, ['argument'])).stdout).toBe('argument true\n');
  });

  it.each(['10.200.0.0/16', 'fd00:200::/64'])('answers for the whole of %s', async prefix => {
    host.answerFor(prefix);
    const address = prefix.replace(/(0\.0|::)\/\d+$/, match => (match.startsWith(':') ? '::1:2' : '3.4'));
    expect((await host.exec('ping', ['-n', '-c1', '-W5', address])).status).toBe(0);
  });

  it('loads packet filter rules', async () => {
    host.nft('table inet t { chain c { type filter hook input priority 0; ip daddr 127.0.0.9 drop; }; }');
    expect((await host.exec('nft', ['list', 'ruleset'])).stdout).toContain('127.0.0.9 drop');
  });
});

describeNeeding('namespaces', 'a lab', () => {
  it('ends its programs and namespaces when it closes', async () => {
    const closed: Promise<unknown>[] = [];
    let pid = 0;
    {
      await using lab = new Lab();
      const [a, b] = [lab.host('a'), lab.host('b')];
      lab.link(a, b, { v4: '10.1.0.0/30' });
      pid = a.pid;
      const server = b.spawn('sleep', ['600']);
      closed.push(new Promise(resolve => server.once('exit', (_, signal) => resolve(signal))));
    }
    expect(await Promise.all(closed)).toEqual(['SIGKILL']);
    expect(() => readlinkSync(`/proc/${pid}/ns/net`)).toThrow('ENOENT');
  });

  it('connects two hosts more than once', async () => {
    await using lab = new Lab();
    const [a, b] = [lab.host('a'), lab.host('b')];
    lab.link(a, b, { v4: '10.1.0.0/24' });
    const { ends } = lab.link(a, b, { v4: '10.2.0.0/24', mtu: 9000 });
    expect(ends).toEqual([
      { name: 'b-2', v4: '10.2.0.1', v6: undefined },
      { name: 'a-2', v4: '10.2.0.2', v6: undefined },
    ]);
    expect((await a.exec('ping', ['-c1', '-W5', '-Mdo', '-s8000', '10.2.0.2'])).status).toBe(0);
  });

  it('limits the rate of an interface', async () => {
    await using lab = new Lab();
    const [a, b] = [lab.host('a'), lab.host('b')];
    const { ends } = lab.link(a, b, { v4: '10.1.0.0/24' });
    a.shape(ends[0].name, { rate: '1mbit', burst: '2kb', latency: '50ms' });
    expect((await a.exec('tc', ['qdisc', 'show', 'dev', ends[0].name])).stdout).toMatch(/tbf .* rate 1Mbit/);
  });

  it('says what is wrong with a command', async () => {
    await using lab = new Lab();
    const host = lab.host('a');
    expect(() => host.ip('address add nonsense dev lo')).toThrow(/nonsense/);
  });
});
