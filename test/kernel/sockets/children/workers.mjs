// Two workers of node:cluster listen and bind for themselves on a port of the primary's, which prints who answered.
import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { bindUdp, connect, listen, socketPair } from '../../../../dist/index.js';

const host = '127.0.0.1';
const options = { SO_REUSEPORT: true };

async function work(port) {
  const answer = createServer(peer => peer.end(String(process.pid)));
  await listen(answer, { host, port, options });
  await bindUdp({ address: host, port, options });
  const [here, there] = socketPair();
  await here.send('a server', { descriptors: [await listen({ host })] });
  const { descriptors } = await there.receive();
  await descriptors[0].toServer();
  for (const end of [here, there]) end.destroy();
  process.send('ready');
}

async function lead() {
  const probe = await listen({ host, options });
  const { port } = probe.address();
  const workers = [0, 1].map(() => cluster.fork({ PORT: String(port) }));
  for (const worker of workers) worker.once('exit', code => code && process.exit(code));
  await Promise.all(workers.map(worker => once(worker, 'message')));
  probe.close();
  const pids = new Set(workers.map(worker => String(worker.process.pid)));
  const answered = new Set();
  while (answered.size < pids.size) {
    const socket = await connect({ host, port });
    const [pid] = await once(socket, 'data');
    if (!pids.has(String(pid))) throw new Error(`${pid} answered`);
    answered.add(String(pid));
    socket.destroy();
  }
  console.log(`${answered.size} workers answered`);
  for (const worker of workers) worker.kill();
}

await (cluster.isPrimary ? lead() : work(Number(process.env.PORT)));
