// Receives one source's multicasts: node examples/ssm-receiver.mjs GROUP PORT SOURCE [INTERFACE]
import { DatagramSocket } from 'subsocket';

const [, , group = '232.1.2.3', port = '5001', source = '192.0.2.1', choice] = process.argv;

// Bound to the group: what is sent to the port, but not to the group, stays away.
const socket = DatagramSocket.open({ bind: { address: group, port: Number(port) }, reuseAddress: true });
socket.join(group, { source, interface: choice });
for (const { group: joined, interfaceName, sources } of socket.memberships()) {
  console.log(`${joined} on ${interfaceName} from ${sources.join(', ')}`);
}

for await (const datagram of socket) {
  console.log(`${datagram.source.address}, ${datagram.hopLimit} hops left: ${datagram.payload}`);
}
