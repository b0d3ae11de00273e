// Watches the path to a host for ten rounds and says where it loses packets: node examples/watch-path.mjs HOST
import { watchPath } from 'subsocket';

const host = process.argv[2] ?? '127.0.0.1';

for await (const event of watchPath(host, { rounds: 10, interval: 100, names: false })) {
  if (event.type === 'round') console.log(`round ${event.round}: ${event.hops.length} hops`);
  if (event.type !== 'result') continue;
  for (const { ttl, addresses, mean } of event.hops) {
    console.log(`${ttl}: ${addresses[0]?.address ?? '*'} ${mean?.toFixed(3) ?? '-'} ms`);
  }
  for (const { ttl, loss } of event.pathLoss) console.log(`${(100 * loss).toFixed(1)} % are lost from hop ${ttl} on`);
  if (event.pathLoss.length === 0) console.log('nothing is lost');
}
