import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../../support/datagram/agent.js';
import { type Chain, chain, describeNeeding, Lab } from '../../support/lab/index.js';

describeNeeding('namespaces', 'errors from real routers', () => {
  const lab = new Lab();
  let path: Chain;
  let client: Agent;
  let server: Agent;

  beforeAll(async () => {
    path = chain(lab, 2, { mtus: [1500, 1300, 1500] });
    path.routers[1]?.route('10.99.0.0/24', 'unreachable');
    path.routers[1]?.route('fd99::/64', 'unreachable');
    client = await Agent.on(path.client);
    server = await Agent.on(path.server);
  });
  afterAll(() => lab.close());

  describe.each([4, 6] as const)('IPv%s', family => {
    const socket = `errors${family}`;
    const destination = (address = path.target(family)) => ({ address, port: 33_333 });
    const icmp = family === 4 ? 'icmp' : 'icmp6';

    beforeAll(() => client.open(socket, { family, errors: true }));

    test('no route behind a router', async () => {
      const to = destination(family === 4 ? '10.99.0.1' : 'fd99::1');
      await client.call(socket, 'send', 'to nowhere', to);
      expect(await client.event('icmp-error', socket)).toMatchObject({
        code: family === 4 ? 'EHOSTUNREACH' : 'ENETUNREACH',
        error: family === 4 ? 'host-unreachable' : 'no-route',
        origin: icmp,
        offender: path.path(family)[1],
        destination: { address: to.address, port: to.port },
        quote: 'to nowhere',
      });
    });

    test('a hop limit that is used up at the first router', async () => {
      await client.call(socket, 'send', 'one hop', destination(), { hopLimit: 1 });
      expect(await client.event('icmp-error', socket)).toMatchObject({
        error: 'time-exceeded',
        icmpType: family === 4 ? 11 : 3,
        icmpCode: 0,
        offender: path.path(family)[0],
        quote: 'one hop',
      });
    });

    test('a port where nobody listens, at the far end', async () => {
      await client.call(socket, 'send', 'closed', destination());
      expect(await client.event('icmp-error', socket)).toMatchObject({
        code: 'ECONNREFUSED',
        error: 'port-unreachable',
        offender: path.target(family),
      });
    });

    test('a datagram that is too long for a link, then for what is known of the path', async () => {
      await client.call(socket, 'send', 'x'.repeat(1400), destination(), { dontFragment: true });
      expect(await client.event('icmp-error', socket)).toMatchObject({
        code: 'EMSGSIZE',
        error: family === 4 ? 'fragmentation-needed' : 'packet-too-big',
        origin: icmp,
        offender: path.path(family)[0],
        mtu: 1300,
      });
      const again = client.call(socket, 'send', 'x'.repeat(1400), destination(), { dontFragment: true });
      await expect(again).rejects.toMatchObject({ code: 'EMSGSIZE' });
      expect(await client.event('icmp-error', socket)).toMatchObject({ origin: 'local', mtu: 1300 });
      const route = await client.call(socket, 'routeFor', path.target(family));
      expect(route).toMatchObject({ mtu: 1300, interfaceName: 'r1', gateway: path.path(family)[0] });
    });

    test('a datagram longer than the own link: the local error tells the MTU', async () => {
      const to = destination(path.path(family)[0]);
      const sending = client.call(socket, 'send', 'x'.repeat(1600), to, { dontFragment: true });
      await expect(sending).rejects.toMatchObject({ code: 'EMSGSIZE' });
      expect(await client.event('icmp-error', socket)).toMatchObject({
        code: 'EMSGSIZE',
        error: 'message-too-long',
        origin: 'local',
        mtu: 1500,
      });
    });

    test("without don't-fragment the same datagram arrives", async () => {
      const port = await server.open(`server${family}`, { family, bind: {} });
      const to = { address: path.target(family), port };
      await client.call(socket, 'send', 'y'.repeat(1400), to, { dontFragment: false });
      const { text, hopLimit, from } = await server.message(`server${family}`);
      expect([(text as string).length, hopLimit]).toEqual([1400, 62]);
      expect(from).toMatchObject({ address: path.client.address(family) });
    });
  });

  test('a connected socket hears of it too, and is not closed by it', async () => {
    await client.open('connected', { errors: true, connect: { address: '10.99.0.7', port: 7 } });
    await client.call('connected', 'send', 'x');
    expect(await client.event('icmp-error', 'connected')).toMatchObject({ error: 'host-unreachable' });
    expect(await client.call('connected', 'send', 'y')).toBe(true);
    expect(await client.event('icmp-error', 'connected')).toMatchObject({ quote: 'y' });
  });

  test('options headers without the privilege: the error says which, and how to give it', async () => {
    const program = `
      import { DatagramSocket } from './dist/index.js';
      const extensionHeaders = [{ kind: 'hop-by-hop', options: [{ type: 0x1e, data: new Uint8Array(4) }] }];
      try {
        DatagramSocket.open({ family: 6 }).send('x', { address: '::1', port: 9 }, { extensionHeaders });
      } catch ({ name, code, missing, remedy }) {
        console.log(JSON.stringify({ name, code, missing, remedy }));
      }`;
    const { stdout } = await path.client.unprivileged(process.execPath, ['--input-type=module', '--eval', program]);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'PermissionError', code: 'EPERM', missing: 'CAP_NET_RAW' });
  });
});
