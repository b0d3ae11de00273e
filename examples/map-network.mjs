// Traces many addresses over the same sockets and draws what links them, for Graphviz:
// node examples/map-network.mjs ADDRESS... | dot -Tsvg > map.svg
import { traceroute } from 'subsocket';

const targets = process.argv.length > 2 ? process.argv.slice(2) : ['127.0.0.1', '127.0.0.2'];
const links = new Set();
const last = new Map();

for await (const event of traceroute(targets, { probes: 1, rate: 1000 })) {
  if (event.type !== 'hop') continue;
  const [probe] = event.probes;
  if (probe === undefined || 'timeout' in probe) continue;
  const { address } = probe;
  links.add(`"${last.get(event.target) ?? 'here'}" -> "${address}";`);
  last.set(event.target, address);
}
console.log(`digraph network {\n${[...links].map(link => `  ${link}`).join('\n')}\n}`);
