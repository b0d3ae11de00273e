// PROBES probes to one target on one socket, as fast as they are answered: {received, seconds}.
import { ping } from '../../dist/tools/ping.js';

const summary = await ping('127.0.0.1', { count: Number(process.argv[2]), interval: 0, timeout: 1000 }).summary();
console.log(JSON.stringify({ received: summary.received, seconds: summary.elapsed / 1e3 }));
