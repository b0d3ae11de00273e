import { afterAll, beforeAll, expect, it } from 'vitest';
import { jsonLines } from '../../support/cli/command.js';
import { describeNeeding, type Host, Lab } from '../../support/lab/index.js';

describeNeeding('namespaces', 'ping and doctor without privilege', () => {
  let lab: Lab;
  let host: Host;
  /** As a new machine is: nobody may open ping sockets. */
  let strict: Host;

  beforeAll(() => {
    lab = new Lab();
    host = lab.host('a');
    strict = lab.host('strict');
  });
  afterAll(() => lab.close());

  const doctor = async (on: Host) =>
    jsonLines((await on.subsocket(['doctor', '--json'], { unprivileged: true })).stdout);

  it.each(['127.0.0.1', '::1'])('pings %s over a ping socket where the group is allowed to', async target => {
    host.allowPingSockets();
    const args = ['ping', '--json', '-c', '2', '-i', '0.2', target];
    const { stdout, stderr, status } = await host.subsocket(args, { unprivileged: true });
    const events = jsonLines(stdout);
    expect(stderr).toBe('');
    expect(events.map(({ type }) => type)).toEqual(['start', 'reply', 'reply', 'summary']);
    expect(events[0]).toMatchObject({ socket: 'ping' });
    expect(status).toBe(0);
  });

  it('has doctor agree', async () => {
    host.allowPingSockets();
    const allowed = await doctor(host);
    expect(allowed.find(({ name }) => name === 'ping-socket')).toMatchObject({ allowed: true });
    expect(allowed.at(-1)).toMatchObject({ type: 'result', ping: true });
    const refused = await doctor(strict);
    const range = strict.readSysctl('net.ipv4.ping_group_range').replace('\t', ' ');
    expect(refused.find(({ name }) => name === 'ping-socket')).toMatchObject({
      allowed: false,
      reason: expect.stringContaining(`ping_group_range; it is ${range}`),
      mend: "sudo sysctl -w net.ipv4.ping_group_range='0 2147483647'",
    });
    expect(refused.at(-1)).toMatchObject({ type: 'result', ping: false });
  });

  it('names the command that mends it where nothing is allowed', async () => {
    const { stdout, stderr, status } = await strict.subsocket(['ping', '-c', '1', '127.0.0.1'], { unprivileged: true });
    expect(stderr).toMatch(/^subsocket ping: .*(setcap cap_net_raw\+ep|sysctl -w net\.ipv4\.ping_group_range).*\n$/);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});
