// An HTTP service that a new version replaces without losing a request. Start it, and start it again:
//   node examples/zero-downtime-restart.mjs /tmp/example.sock 8080
import { once } from 'node:events';
import http from 'node:http';
import { handOver, takeOver } from 'subsocket';

const [meeting = '/tmp/example.sock', port = '8080'] = process.argv.slice(2);
const web = http.createServer((_request, response) => response.end(`answered by ${process.pid}\n`));

// 1. Whoever serves now gives its socket; if nobody does, open one.
const before = await takeOver(meeting);
if (before === undefined) await once(web.listen(Number(port), '127.0.0.1'), 'listening');
else await before.take('web').toServer(web);

// 2. This process serves: the old one may stop.
await before?.ready();

// 3. Wait for the next version. When it serves, requests that are under way here end, and then the process does.
const offer = await handOver({ web }, meeting);
console.log(before ? `${process.pid} took over from ${before.predecessor.pid}` : `${process.pid} is the first`);
const successor = await offer.handedOver;
console.log(`${process.pid} handed over to ${successor?.pid}`);
console.log(`${process.pid} ${(await offer.drained) ? 'has answered everything' : 'gave up waiting'}`);
process.exit();
