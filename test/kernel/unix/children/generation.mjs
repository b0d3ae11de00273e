// One generation of a service: takes over from the one before if there is one, serves, and offers itself to the next.
// Usage: generation.mjs MEETING_PATH [SERVER_PATH]. Tells its parent what happens.
import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { handOver, takeOver, UnixServer } from '../../../../dist/index.js';

const [meeting, serverPath] = process.argv.slice(2);
const answer = (_request, response) => setImmediate(() => response.end(String(process.pid)));
const greet = socket => socket.on('error', () => {}).end(String(process.pid));

const taken = await takeOver(meeting);
const web = http.createServer(answer);
const raw = net.createServer(greet);
const path = http.createServer(answer);
let udp;
if (taken === undefined) {
  await once(web.listen(0, '127.0.0.1'), 'listening');
  await once(raw.listen(0, '127.0.0.1'), 'listening');
  const bound = (await UnixServer.listen(serverPath)).detach();
  await bound.toServer(path);
  udp = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(udp, 'listening');
} else {
  await taken.take('web').toServer(web);
  await taken.take('raw').toServer(raw);
  await taken.take('path').toServer(path);
  udp = await taken.take('udp').toDatagram();
}
udp.on('message', (_data, { port, address }) => udp.send(String(process.pid), port, address));
await taken?.ready();
const offer = await handOver({ web, raw, path, udp }, meeting, { state: { from: process.pid }, drainTimeout: 10_000 });
process.send({
  type: 'serving',
  state: taken?.state,
  ports: [web.address().port, raw.address().port, udp.address().port],
});
const successor = await offer.handedOver;
process.send({ type: 'handed-over', to: successor?.pid });
process.send({ type: 'drained', ended: await offer.drained });
process.disconnect();
