// A protocol over UDP that finds its own path MTU, with a peer that acknowledges probes (RFC 8899):
//   node examples/path-mtu-own-protocol.mjs listen PORT
//   node examples/path-mtu-own-protocol.mjs HOST PORT
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { DatagramMtuSearch, setPathMtuDiscovery } from 'subsocket';

const [host = 'listen', port = '4433'] = process.argv.slice(2);
const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');

if (host === 'listen') {
  // The peer sends the probe's number back, and nothing of its padding.
  socket.on('message', (probe, { address, port }) => socket.send(probe.subarray(0, 4), port, address));
  socket.bind(Number(port), () => console.log('listening'));
} else {
  socket.bind();
  await once(socket, 'listening');
  setPathMtuDiscovery(socket, 'probe');
  // A router's report makes the next call on the socket fail; the search does not need to know.
  socket.on('error', () => {});
  const search = new DatagramMtuSearch({
    send: ({ id, payload }) => {
      const probe = Buffer.alloc(payload);
      probe.writeUInt32BE(id);
      socket.send(probe, Number(port), host, () => {});
    },
  });
  socket.on('message', answer => search.acknowledge(answer.readUInt32BE()));
  const { pathMtu, payload, probes } = await search.run();
  console.log(`path MTU ${pathMtu ?? 'unknown'}: ${payload ?? 0} bytes of payload, found with ${probes} probes`);
  socket.close();
}
