import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonLines } from '../../support/cli/command.js';
import { Agent } from '../../support/datagram/agent.js';
import { type Ethernet, ethernet } from '../../support/datagram/switch.js';
import { describeNeeding, type Host, Lab } from '../../support/lab/index.js';

const GROUP = '239.195.60.1';
const GROUP6 = 'ff15::60:1';

const PYTHON_RECEIVER = `
import socket, struct, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('::', 7006))
index = socket.if_nametoindex('bridge')
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, socket.inet_pton(socket.AF_INET6, '${GROUP6}') + struct.pack('@I', index))
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS, 1)
print('ready', flush=True)
data, ancillary, flags, source = s.recvmsg(2048, 1024)
values = {kind: struct.unpack('@i', value)[0] for level, kind, value in ancillary}
print(data.decode(), source[0], values[socket.IPV6_HOPLIMIT], values[socket.IPV6_TCLASS], flush=True)
`;

const PYTHON_SENDER = `
import socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 9)
s.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0x48)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton('10.9.0.1'))
s.sendto(b'from python', ('${GROUP}', 7001))
`;

describeNeeding(
  ['namespaces', 'program:socat', 'program:iperf', 'program:python3'],
  'senders and receivers of others',
  () => {
    const lab = new Lab();
    let net: Ethernet;
    let one: Host;
    let two: Host;
    let agent: Agent;

    beforeAll(async () => {
      net = ethernet(lab, ['one', 'two']);
      [one, two] = net.hosts as [Host, Host];
      agent = await Agent.on(two);
    });
    afterAll(() => lab.close());

    test('socat sends, we receive, and the other way round', async () => {
      await agent.open('socat', { bind: { port: 7000 } });
      await agent.call('socat', 'join', GROUP, { interface: 'bridge' });
      await one.exec('socat', ['-u', '-', `UDP4-DATAGRAM:${GROUP}:7000,ip-multicast-if=10.9.0.1,ip-multicast-ttl=4`], {
        input: 'from socat',
      });
      expect(await agent.message('socat')).toMatchObject({ text: 'from socat', hopLimit: 4, destination: GROUP });
      const receiver = one.spawn('socat', ['-u', `UDP4-RECV:7002,ip-add-membership=${GROUP}:10.9.0.1`, '-'], {}, [
        'ignore',
        'pipe',
        'inherit',
      ]);
      const heard: string[] = [];
      receiver.stdout?.setEncoding('utf8').on('data', (text: string) => heard.push(text));
      await agent.open('sender', { bind: { address: '10.9.0.2' }, multicast: { interface: 'bridge' } });
      const sends = async (): Promise<string | undefined> => {
        await agent.call('sender', 'send', 'to socat', { address: GROUP, port: 7002 });
        return heard[0];
      };
      await expect.poll(sends, { timeout: 20_000 }).toContain('to socat');
    });

    test('Python sees the hop limit and class of our message, we those of its socket', async () => {
      await agent.open('python', { bind: { port: 7001 } });
      await agent.call('python', 'join', GROUP, { interface: 'bridge', source: '10.9.0.1' });
      await one.exec('python3', ['-c', PYTHON_SENDER]);
      expect(await agent.message('python')).toMatchObject({ text: 'from python', hopLimit: 9, trafficClass: 0x48 });
      const receiver = one.spawn('python3', ['-c', PYTHON_RECEIVER], {}, ['ignore', 'pipe', 'inherit']);
      let output = '';
      receiver.stdout?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      await expect.poll(() => output, { timeout: 20_000 }).toContain('ready');
      await agent.open('v6', { family: 6, bind: { address: 'fd09::2' }, multicast: { interface: 'bridge' } });
      const options = { hopLimit: 17, trafficClass: 0xb8 };
      await agent.call('v6', 'send', 'to python', { address: GROUP6, port: 7006 }, options);
      await expect.poll(() => output, { timeout: 20_000 }).toContain('to python fd09::2 17 184');
    });

    test('iperf sends a stream: the command counts it, and its hop limits', async () => {
      const receiving = two.subsocket(
        ['multicast', 'recv', `${GROUP}:5001`, '-I', 'bridge', '-c', '50', '-w', '30', '--json'],
        { timeout: 40_000 },
      );
      const sender = one.spawn('iperf', ['-u', '-c', GROUP, '-T', '6', '-b', '2M', '-t', '20', '-B', '10.9.0.1'], {}, [
        'ignore',
        'ignore',
        'ignore',
      ]);
      const { stdout, status } = await receiving;
      sender.kill();
      await once(sender, 'exit');
      const events = jsonLines(stdout);
      expect(status).toBe(0);
      expect(events.find(({ type }) => type === 'sender')).toMatchObject({ address: '10.9.0.1', hopLimit: 6 });
      expect(events.at(-1)).toMatchObject({
        type: 'summary',
        received: 50,
        senders: [{ lost: null, hopLimit: { min: 6, max: 6 } }],
      });
    });

    test('our numbered stream is received by iperf in full', async () => {
      const server = one.spawn('iperf', ['-s', '-u', '-B', `${GROUP}%bridge`, '-p', '5003', '-P', '1'], {}, [
        'ignore',
        'pipe',
        'inherit',
      ]);
      let output = '';
      server.stdout?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      const listens = async (): Promise<boolean> =>
        (await one.exec('cat', ['/proc/net/igmp'])).stdout.includes('013CC3EF');
      await expect.poll(listens, { timeout: 20_000 }).toBe(true);
      const sent = await two.subsocket([
        'multicast',
        'send',
        `${GROUP}:5003`,
        '-I',
        'bridge',
        '-c',
        '20',
        '-i',
        '0.01',
        '-s',
        '200',
        '--json',
      ]);
      expect(jsonLines(sent.stdout).at(-1)).toMatchObject({ sent: 20, errors: 0 });
      await expect.poll(() => output, { timeout: 20_000 }).toMatch(/connected with 10\.9\.0\.2/);
    });
  },
);
