import { expect, test } from 'vitest';
import { Agent } from '../../support/datagram/agent.js';
import { describeNeeding, Lab } from '../../support/lab/index.js';

const ASK = `
import { DatagramRequester, DatagramSocket } from './dist/index.js';
import { networkInterfaces } from 'node:os';
const { address } = networkInterfaces().peer.find(each => each.address.startsWith('fe80'));
const server = DatagramSocket.open({ family: 6, bind: {} });
server.on('message', question => server.reply(question, 'answer'));
const { port } = server.localAddress;
const index = /%(\\d+)$/.exec(DatagramSocket.open({ connect: { address: address + '%peer', port } }).localAddress.address)[1];
for (const [zone, device] of [['%peer'], ['%' + index], ['', 'peer']]) {
  const socket = DatagramSocket.open({ family: 6, interface: device });
  const asking = new DatagramRequester(socket, { attempts: 3 });
  const { datagram } = await asking.request('question', { address: address + zone, port });
  process.stdout.write(datagram.payload + ' ');
}
process.exit();
`;

describeNeeding('namespaces', 'addresses of the link', () => {
  test('requests to one are answered, the zone given by name, by index, or by the socket', async () => {
    await using lab = new Lab();
    const host = lab.host('host');
    lab.link(host, lab.host('peer'));
    const { stdout, stderr } = await host.node(ASK);
    expect(stderr).toBe('');
    expect(stdout).toBe('answer answer answer ');
  });

  test('what is sent to one without a zone, and without an interface, fails with what to say', async () => {
    await using lab = new Lab();
    const agent = await Agent.on(lab.host('host'));
    await agent.open('socket', { family: 6 });
    const sent = agent.call('socket', 'send', 'x', { address: 'fe80::1', port: 9 });
    await expect(sent).rejects.toThrow(/needs a zone, as fe80::1%eth0, or the option interface/);
  });
});
