// Pings with raw sockets that raw-socket-helper.mjs passes: no privilege of its own.
//   node examples/ping-without-root.mjs /run/raw-sockets.sock 127.0.0.1
import { ping, UnixSocket } from 'subsocket';

const [path = '/run/raw-sockets.sock', host = '127.0.0.1'] = process.argv.slice(2);
const helper = await UnixSocket.connect(path);
const message = await helper.receive();
if (message === undefined) throw new Error('the helper refuses');

const { received, sent } = await ping(host, { count: 3, interval: 100, sockets: message.descriptors }).summary();
console.log(`user ${process.getuid?.()}: ${received} of ${sent} came back`);
message.close();
helper.destroy();
