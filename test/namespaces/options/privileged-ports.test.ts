import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeNeeding, type Host, Lab } from '../../support/lab/index.js';

describeNeeding(['namespaces', 'projectForNobody'], 'a port below 1024', () => {
  let lab: Lab;
  let host: Host;

  beforeAll(() => {
    lab = new Lab();
    host = lab.host('a');
    host.sysctl({ 'net.ipv4.ip_unprivileged_port_start': 1024 });
  });
  afterAll(() => lab.close());

  it.each([
    "listen({ host: '127.0.0.1', port: 80 })",
    "bindUdp({ address: '127.0.0.1', port: 53 })",
    "connect({ host: '127.0.0.1', port: 1, localPort: 1023 })",
  ])('tells what is missing, and how to mend it: %s', async call => {
    const program = `
      import { bindUdp, connect, listen } from './dist/index.js';
      await ${call}.catch(({ name, code, missing, remedy }) => console.log(JSON.stringify({ name, code, missing, remedy })));`;
    const args = ['--input-type=module', '-e', program];
    const { stdout } = await host.unprivileged(process.execPath, args);
    expect(JSON.parse(stdout)).toEqual({
      name: 'PermissionError',
      code: 'EACCES',
      missing: 'CAP_NET_BIND_SERVICE',
      remedy: expect.stringContaining('setcap cap_net_bind_service+ep'),
    });
  });
});
