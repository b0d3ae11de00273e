// Data with the SYN: a second visit saves a round trip. Servers need `sysctl net.ipv4.tcp_fastopen=3`.
import { createServer } from 'node:net';
import { connect, getOption, listen } from 'subsocket';

const server = await listen(
  createServer(peer => peer.pipe(peer)),
  { host: '127.0.0.1', options: { TCP_FASTOPEN: 16 } },
);
const address = server.address();
const port = address !== null && typeof address === 'object' ? address.port : 0;

// The first connection fetches a cookie; later ones send their first data with the SYN.
for (const visit of ['first', 'second']) {
  const socket = await connect({ host: '127.0.0.1', port, options: { TCP_FASTOPEN_CONNECT: true } });
  socket.write('hello');
  await new Promise(resolve => socket.once('data', resolve));
  const early = getOption(socket, 'TCP_INFO').options.includes('syn-data');
  console.log(`${visit} visit: ${early ? 'the data went with the SYN' : 'the handshake came first'}`);
  socket.destroy();
}
server.close();
