// Opens more connections than there are ports, from one address: node examples/many-connections.mjs HOST PORT[,PORT...] COUNT
import { connect } from 'subsocket';

const [host = '127.0.0.1', ports = '7', count = '1000'] = process.argv.slice(2);
const destinations = ports.split(',').map(Number);

// Bind chooses no port: connect does, which knows the destination, so that each destination has all ports.
const options = /** @type {const} */ ({ IP_BIND_ADDRESS_NO_PORT: true });
const localAddress = '127.0.0.2';

const sockets = [];
for (let index = 0; index < Number(count); index++) {
  const port = destinations[index % destinations.length] ?? 0;
  sockets.push(await connect({ host, port, localAddress, options }));
}
const local = new Set(sockets.map(socket => socket.localPort));
console.log(`${sockets.length} connections from ${local.size} ports`);
for (const socket of sockets) socket.resetAndDestroy();
