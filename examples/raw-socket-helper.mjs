// Runs as root, opens raw ICMP sockets, and passes them to whom it trusts. It parses nothing, so there is little to attack.
//   sudo node examples/raw-socket-helper.mjs /run/raw-sockets.sock nobody
import { execFileSync } from 'node:child_process';
import { OwnedDescriptor, peerCredentials, UnixServer } from 'subsocket';

const [path = '/run/raw-sockets.sock', user = 'nobody'] = process.argv.slice(2);
const allowed = Number(execFileSync('id', ['-u', user], { encoding: 'utf8' }));

const icmp4 = OwnedDescriptor.socket('AF_INET', 'SOCK_RAW', 'IPPROTO_ICMP');
const icmp6 = OwnedDescriptor.socket('AF_INET6', 'SOCK_RAW', 'IPPROTO_ICMPV6');
// Anybody may connect; the kernel says who did.
const server = await UnixServer.listen(path, { mode: 0o666 });
console.log('ready');

for await (const client of server) {
  const { uid, pid } = peerCredentials(client);
  if (uid === allowed) await client.send('icmp', { descriptors: [icmp4, icmp6] });
  console.log(`process ${pid} of user ${uid} ${uid === allowed ? 'got sockets' : 'was refused'}`);
  client.destroy();
}
