// Passes connections on that the packet filter sends here, as if it were not there: both ends see each other's addresses.
// node examples/transparent-proxy.mjs PORT; the rules that it needs are in docs/servers-and-proxies.md.
import { createServer } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { connect, listen } from 'subsocket';

const server = createServer({ allowHalfOpen: true }, async client => {
  try {
    const upstream = await connect({
      host: client.localAddress,
      port: client.localPort ?? 0,
      localAddress: client.remoteAddress,
      options: { IP_TRANSPARENT: true },
      allowHalfOpen: true,
    });
    console.log(`${client.remoteAddress} to ${client.localAddress}:${client.localPort}`);
    await Promise.all([pipeline(client, upstream), pipeline(upstream, client)]);
  } catch (error) {
    console.error(String(error));
    client.destroy();
  }
});
await listen(server, { host: '0.0.0.0', port: process.argv[2] ?? 3128, options: { IP_TRANSPARENT: true } });
console.log('ready');
