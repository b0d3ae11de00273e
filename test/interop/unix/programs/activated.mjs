// A service that was started with its sockets: answers one connection or datagram on each, and ends. With "inetd", standard
// input is the connection, or the listening socket.
import { once } from 'node:events';
import { inetdSocket, listenFds, showAddress } from '../../../../dist/index.js';

async function answerStream(descriptor, text) {
  const server = await descriptor.toServer();
  const [socket] = await once(server, 'connection');
  socket.end(text);
  await once(socket, 'close');
  server.close();
}

async function answerDatagram(descriptor, text) {
  const socket = await descriptor.toDatagram();
  const [, { port, address }] = await once(socket, 'message');
  await new Promise(done => socket.send(text, port, address, done));
  socket.close();
}

const describe = ({ name, address }) => `${name} ${showAddress(address)}`;

if (process.argv[2] === 'inetd') {
  const inherited = inetdSocket();
  const socket = inherited.descriptor.toSocket();
  socket.end(`inetd ${describe(inherited)}`);
} else {
  const listeners = listenFds();
  const environment = Object.keys(process.env).filter(name => name.startsWith('LISTEN_'));
  const who = `${process.getuid()}:${process.getgid()}`;
  const answer = process.argv[2] === 'datagram' ? answerDatagram : answerStream;
  await Promise.all(
    listeners.map(listener => answer(listener.descriptor, [describe(listener), who, ...environment].join(' '))),
  );
}
