// Ends a connection so that the peer gets an error, not an end: nobody takes half of a transfer for the whole.
import { createServer } from 'node:net';
import { connect, cork, listen, reset } from 'subsocket';

const server = await listen(createServer(), { host: '127.0.0.1' });
const address = server.address();
const port = address !== null && typeof address === 'object' ? address.port : 0;

server.once('connection', peer => {
  peer.on('data', data => {
    console.log(`${data.length} bytes came`);
    reset(socket);
  });
  peer.on('end', () => console.log('and the end'));
  peer.on('error', error => console.log(`and ${'code' in error ? error.code : error.message}`));
  peer.on('close', () => server.close());
});

const socket = await connect({ host: '127.0.0.1', port });
await cork(socket, () => {
  socket.write('a header, ');
  socket.write('and half of a body');
});
