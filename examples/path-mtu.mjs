// Finds the largest packet that gets to a host, and says what limits it: node examples/path-mtu.mjs HOST
import { discoverPathMtu } from 'subsocket';

const host = process.argv[2] ?? '192.0.2.1';
const result = await discoverPathMtu(host).result();

console.log(`path MTU ${result.pathMtu ?? 'unknown'} (${result.method}), ${result.probes} packets`);
for (const { mtu, address, ttl, evidence } of result.limits) {
  console.log(`${mtu} bytes at hop ${ttl ?? '?'} (${address ?? 'no reply'}): ${evidence}`);
}
if (result.tcpMss !== null) console.log(`TCP segments of ${result.tcpMss} bytes fit`);
