import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeNeeding, type Host, Lab } from '../../support/lab/index.js';

/** Runs a module that has TunDevice, in the host's namespace; gives what it printed as JSON. */
async function withTun(host: Host, program: string, unprivileged = false): Promise<unknown> {
  const preamble = `import { TunDevice } from './dist/io/tun.js';
    const caught = action => { try { action(); return 'nothing'; } catch ({ name, code, message }) { return { name, code, message }; } };
    const print = value => console.log(JSON.stringify(value));`;
  const { stdout, stderr } = await host.node(`${preamble}\n${program}`, [], { unprivileged });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

describeNeeding(['namespaces', 'tun'], 'a TUN device', () => {
  const lab = new Lab();
  let host: Host;
  beforeAll(() => {
    host = lab.host('a');
  });
  afterAll(() => lab.close());

  it('takes what the kernel sends, and brings in what is written', async () => {
    const program = `
      import { execFileSync } from 'node:child_process';
      import { createSocket } from 'node:dgram';
      const device = new TunDevice('tun-test');
      const run = command => execFileSync('ip', command.split(' '));
      const empty = device.read() === undefined;
      const refusedWhileDown = !device.write(new Uint8Array(20).fill(0x45));
      run('addr add 192.0.2.1/24 dev tun-test');
      run('link set tun-test up');
      const socket = createSocket('udp4').bind(7000, '192.0.2.1', () => socket.send('question', 7001, '192.0.2.2', () => {
        let packet = device.read();
        while (packet !== undefined && packet[0] >> 4 !== 4) packet = device.read();
        const answer = packet.slice();
        answer.copyWithin(12, 16, 20);
        answer.set(packet.subarray(12, 16), 16);
        answer.copyWithin(20, 22, 24);
        answer.set(packet.subarray(20, 22), 22);
        device.write(answer);
      }));
      socket.once('message', (text, from) => {
        print({ empty, refusedWhileDown, text: String(text), from: from.address });
        socket.close();
        device.close();
      });`;
    expect(await withTun(host, program)).toEqual({
      empty: true,
      refusedWhileDown: true,
      text: 'question',
      from: '192.0.2.2',
    });
  });

  it('goes when it is closed, as often as one likes', async () => {
    const program = `
      import { existsSync, readFileSync } from 'node:fs';
      const present = () => readFileSync('/proc/net/dev', 'utf8').includes('tun-test');
      const device = new TunDevice('tun-test', { layer: 'tap' });
      const before = present();
      device.close();
      device.close();
      print([before, present()]);`;
    expect(await withTun(host, program)).toEqual([true, false]);
  });

  it('refuses a name that no interface can have, before it asks the kernel', async () => {
    const program = `print(['', 'a-name-too-long-', 'ééééééééé'].map(name => caught(() => new TunDevice(name))))`;
    const refusal = {
      code: 'ERR_SUBSOCKET_ARGUMENT',
      message: expect.stringMatching(/^name takes 1 to 15 bytes, not /),
    };
    expect(await withTun(host, program)).toMatchObject([refusal, refusal, refusal]);
  });

  it('says that another process serves the interface', async () => {
    const program = `new TunDevice('tun-test'); print(caught(() => new TunDevice('tun-test')))`;
    expect(await withTun(host, program)).toMatchObject({ name: 'SystemCallError', code: 'EBUSY' });
  });

  it('says what a process without privilege lacks', async () => {
    const program = `print(caught(() => new TunDevice('tun-test')))`;
    const error = await withTun(host, program, true);
    expect(error).toMatchObject({ name: 'PermissionError', message: expect.stringContaining('CAP_NET_ADMIN') });
  });
});
