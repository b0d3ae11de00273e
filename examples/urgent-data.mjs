// Sends a byte past everything that waits to be read: how telnet interrupts a program.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { connect, listen, sendUrgent, watchUrgent } from 'subsocket';

const server = await listen(createServer({ pauseOnConnect: true }), { host: '127.0.0.1' });
server.once('connection', peer => {
  watchUrgent(peer, byte => {
    console.log(`urgent: ${String.fromCharCode(byte)}`);
    peer.on('data', data => console.log(`ordinary: ${data}`)).on('end', () => peer.end());
    peer.resume();
  });
});

const address = server.address();
const port = address !== null && typeof address === 'object' ? address.port : 0;
const socket = await connect({ host: '127.0.0.1', port });
socket.write('a long listing');
await sendUrgent(socket, '!');
socket.end();
socket.resume();
await once(socket, 'close');
server.close();
