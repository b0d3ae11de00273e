// Finds services on this link by multicast. Announce one: node examples/service-discovery.mjs announce NAME
// Look for them, for a second: node examples/service-discovery.mjs find [INTERFACE]
import { DatagramSocket } from 'subsocket';

const GROUP = '239.255.77.77';
const PORT = 17_777;
const [, , action = 'find', argument] = process.argv;

function announce(name) {
  const socket = DatagramSocket.open({ bind: { port: PORT }, reuseAddress: true });
  // Interfaces that come later, a VPN or a plugged cable, are joined too.
  socket.join(GROUP, { interface: 'all' });
  socket.join(GROUP, { interface: 'lo' });
  socket.on('message', question => {
    // The answer goes to the asker alone, from the address by which the asker can reach this host.
    if (question.payload.toString() === 'who is there?') socket.reply(question, name);
  });
  console.log(`announcing ${name}`);
}

function find(outgoing) {
  const socket = DatagramSocket.open({ bind: {}, multicast: { hops: 1, interface: outgoing } });
  socket.on('message', answer => {
    console.log(`${answer.payload} is at ${answer.source.address} on ${answer.interfaceName}`);
  });
  const ask = () => socket.send('who is there?', { address: GROUP, port: PORT });
  ask();
  // Multicasts may be lost like any other datagram.
  const again = setInterval(ask, 300);
  setTimeout(() => {
    clearInterval(again);
    socket.close();
  }, 1000);
}

if (action === 'announce') announce(argument ?? 'a service');
else find(argument);
