// Tells each client where it wanted to go before the packet filter redirected it: node examples/redirected.mjs PORT
import { createServer } from 'node:net';
import { getOption, listen } from 'subsocket';

const server = createServer(client => {
  const option = client.remoteFamily === 'IPv6' ? 'IP6T_SO_ORIGINAL_DST' : 'SO_ORIGINAL_DST';
  const { address, port } = getOption(client, option);
  client.end(`you wanted ${address} port ${port}\n`);
});
await listen(server, { host: process.argv[3] ?? '0.0.0.0', port: process.argv[2] ?? 3129 });
console.log('ready');
