import { afterAll, beforeAll, expect, it } from 'vitest';
import { withoutTimes } from '../../support/cli/classic.js';
import { jsonLines } from '../../support/cli/command.js';
import { type Chain, chain, describeNeeding, Lab } from '../../support/lab/index.js';

/** What the second router answers for each destination: nft(8), REJECT STATEMENT. */
const REJECTED: Readonly<Record<string, string>> = {
  '192.0.2.1': 'net-unreachable',
  '192.0.2.2': 'host-unreachable',
  '192.0.2.3': 'prot-unreachable',
  '192.0.2.4': 'port-unreachable',
  '192.0.2.5': 'net-prohibited',
  '192.0.2.6': 'host-prohibited',
  '192.0.2.7': 'admin-prohibited',
  '2001:db8::1': 'no-route',
  '2001:db8::2': 'admin-prohibited',
  '2001:db8::3': 'addr-unreachable',
  '2001:db8::4': 'port-unreachable',
  '2001:db8::5': 'policy-fail',
  '2001:db8::6': 'reject-route',
};

/** Codes that iputils calls unknown and RFC 4443 section 3.1 does not. */
const NEWER: Readonly<Record<string, string>> = {
  '2001:db8::5': 'Source address failed ingress/egress policy',
  '2001:db8::6': 'Reject route to destination',
};

describeNeeding('namespaces', 'ping behind routers says what iputils says', () => {
  let lab: Lab;
  let path: Chain;

  beforeAll(() => {
    lab = new Lab();
    path = chain(lab, 2, { mtus: [1500, 1400, 1500] });
    path.routers[1]?.nft(rejecting());
    path.client.nft(onHook('output', 'ip daddr 198.51.100.1 drop'));
  });

  afterAll(() => lab.close());

  /** What was learnt about the path's MTU. */
  const forgetPaths = () =>
    Promise.all(['-4', '-6'].map(family => path.client.exec('ip', [family, 'route', 'flush', 'cache'])));

  async function compare(line: string) {
    const { client } = path;
    const args = line.split(' ').map(word => ({ SERVER4: path.target(4), SERVER6: path.target(6) })[word] ?? word);
    const ours = await client.subsocket(['ping', ...args]);
    await forgetPaths();
    const theirs = await client.exec('ping', args);
    await forgetPaths();
    expect(withoutTimes(ours.stdout)).toBe(withoutTimes(theirs.stdout));
    expect(ours.status).toBe(theirs.status);
    return ours;
  }

  it.each(Object.keys(REJECTED).filter(target => !(target in NEWER)))('ping -c 1 %s', async target => {
    const { stdout, stderr } = await compare(`-c 1 ${target}`);
    expect(stdout).toMatch(/^From .* icmp_seq=1 /m);
    expect(stderr).toBe('');
  });

  it.each(['raw', 'ping'])('%s socket: link-local addresses of others have their zone', async kind => {
    const { client } = path;
    client.allowPingSockets();
    const json = async (...args: string[]) =>
      jsonLines((await client.subsocket(['ping', '--json', ...args], { unprivileged: kind === 'ping' })).stdout);
    const [, reply] = await json('-c', '1', 'ff02::1%r1');
    expect(reply).toMatchObject({ type: 'reply', address: expect.stringMatching(/^fe80::[^%]+%r1$/) });
    const [, error] = await json('-c', '1', 'fe80::dead:beef%r1');
    const from = expect.stringMatching(/^fe80::[^%]+%r1$/);
    expect(error).toMatchObject({ type: 'error', error: 'address-unreachable', from });
  });

  it.each(['-I r1 fe80::dead:beef', 'fe80::dead:beef%r1'])('ping %s: so has the own one', async words => {
    const args = ['-c', '1', '-W', '0.1', ...words.split(' ')];
    const [start] = jsonLines((await path.client.subsocket(['ping', '--json', ...args])).stdout);
    expect(start).toMatchObject({ type: 'start', source: expect.stringMatching(/^fe80::[^%]+%r1$/) });
  });

  it('ping -I SOURCE: the header has the zone of a link-local source', async () => {
    path.client.ip('address add fe80::aa/64 dev r1 nodad');
    const { stdout } = await compare('-c 1 -W 0.1 -I fe80::aa%r1 -I r1 fe80::dead:beef%r1');
    expect(stdout).toContain('(fe80::dead:beef%r1) from fe80::aa%r1 r1: ');
  });

  it.each([
    '-c 2 -i 0.2 SERVER4',
    '-c 2 -i 0.2 SERVER6',
    '-c 2 -i 0.2 -t 1 SERVER4',
    '-c 2 -i 0.2 -t 2 SERVER6',
    '-c 1 -s 1450 -M do SERVER4',
    '-c 1 -s 1450 -M do SERVER6',
    '-c 1 -R SERVER4',
    '-c 1 -T tsandaddr SERVER4',
    '-q -c 1 192.0.2.1',
    '-D -c 1 192.0.2.2',
  ])('ping %s', async line => {
    expect((await compare(line)).stderr).toBe('');
  });

  it.each(Object.entries(NEWER))('ping -c 1 %s names what iputils calls unknown', async (target, words) => {
    const { stdout, status } = await path.client.subsocket(['ping', '-c', '1', target]);
    expect(stdout).toContain(` icmp_seq=1 Destination unreachable: ${words}\n`);
    expect(status).toBe(1);
  });

  it('counts a packet that this host refuses as an error, and says why', async () => {
    const { stderr } = await compare('-c 2 -i 0.2 -M do -s 1473 SERVER4');
    expect(stderr).toMatch(/^(subsocket ping: local error: message too long(, mtu=1500)?\n){2}$/);
    const six = await compare('-c 2 -i 0.2 -M do -s 1453 SERVER6');
    expect(six.stderr).toMatch(/^(subsocket ping: local error: message too long(, mtu: 1500)?\n){2}$/);
  });

  it('goes on where a firewall of this host refuses to send', async () => {
    const { stdout, stderr, status } = await path.client.subsocket(['ping', '-c', '2', '-i', '0.2', '198.51.100.1']);
    expect(stderr).toBe('subsocket ping: sendmsg: Operation not permitted\n'.repeat(2));
    expect(stdout).toContain('2 packets transmitted, 0 received, +2 errors, 100% packet loss');
    expect(status).toBe(1);
  });

  it('tells in a mass ping who refused', async () => {
    const { stdout, status } = await path.client.subsocket(['ping', path.target(4), '192.0.2.2', '192.0.2.7']);
    expect(stdout).toMatch(/^TARGET +ADDRESS +ANSWERED +PROBLEM\n/);
    expect(stdout).toMatch(new RegExp(`^192\\.0\\.2\\.2 .* host-unreachable from ${path.path(4).at(1)}$`, 'm'));
    expect(stdout).toContain('\n3 targets: 1 answered, 2 did not\n');
    expect(status).toBe(1);
  });

  it('refuses a target without a route with one line, before anything is sent', async () => {
    path.server.ip('route del default');
    const { stdout, stderr, status } = await path.server.subsocket(['ping', '-c', '1', '203.0.113.1']);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^subsocket ping: .*203\.0\.113\.1.*Network is unreachable.*\n$/);
    expect(status).toBe(2);
  });
});

function rejecting(): string {
  const rules = Object.entries(REJECTED).map(([address, code]) => {
    const [family, type] = address.includes(':') ? ['ip6', 'icmpv6'] : ['ip', 'icmp'];
    return `${family} daddr ${address} reject with ${type} type ${code}`;
  });
  return onHook('forward', ...rules);
}

function onHook(hook: string, ...rules: readonly string[]): string {
  return `table inet filter {
    chain ${hook} {
      type filter hook ${hook} priority 0
      ${rules.join('\n')}
    }
  }
  `;
}
