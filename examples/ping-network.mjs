// Lists the hosts of a network that do not answer: node examples/ping-network.mjs 192.0.2.0/24
import { AddressRange, ping } from 'subsocket';

const network = AddressRange.parse(process.argv[2] ?? '127.0.0.0/24', { hostsOnly: true });

for await (const event of ping(network, { rate: 2000, retries: 1, events: 'problems' })) {
  if (event.type === 'summary' && event.received === 0) console.log(`${event.target} is silent`);
  if (event.type === 'total') console.log(`${event.answered} of ${event.targets} answered`);
}
