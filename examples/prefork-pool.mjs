// One process accepts connections and passes each to a worker process, the one with the least to do.
//   node examples/prefork-pool.mjs 8080 4
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { OwnedDescriptor, socketPair, UnixSocket } from 'subsocket';

/** A worker: connections come at descriptor 3; each that ends is told to the acceptor. */
async function work() {
  const acceptor = new UnixSocket(OwnedDescriptor.adopt(3), { allowHalfOpen: true });
  let open = 0;
  let ended = false;
  const closed = () => {
    acceptor.write('.');
    open--;
    if (ended && open === 0) acceptor.end();
  };
  for await (const { descriptors } of acceptor.messages()) {
    for (const descriptor of descriptors) {
      const socket = descriptor.toSocket();
      open++;
      socket.on('data', data => socket.end(`${process.pid}: ${data}`));
      socket.on('error', () => {}).on('close', closed);
    }
  }
  ended = true;
  if (open === 0) acceptor.end();
}

/** Starts a worker, which gets one end of a pair. */
function startWorker() {
  const [ours, theirs] = socketPair({ allowHalfOpen: true });
  const end = theirs.detach();
  const program = [fileURLToPath(import.meta.url), 'worker'];
  spawn(process.execPath, program, { stdio: ['ignore', 'inherit', 'inherit', end.fd] });
  end.close();
  const worker = { socket: ours, busy: 0 };
  ours.on('data', ended => {
    worker.busy -= ended.length;
  });
  return worker;
}

async function accept(port = '8080', count = '4') {
  const workers = Array.from({ length: Number(count) }, startWorker);
  const server = net.createServer({ pauseOnConnect: true }, connection => {
    const worker = workers.reduce((least, other) => (other.busy < least.busy ? other : least));
    worker.busy++;
    // Once it is sent the worker has it, and this process needs it no more.
    void worker.socket.send('connection', { descriptors: [connection] });
    connection.destroy();
  });
  await once(server.listen(Number(port), '127.0.0.1'), 'listening');
  const address = server.address();
  console.log(`listening at ${address !== null && typeof address === 'object' ? address.port : ''}`);
  process.once('SIGTERM', () => {
    server.close();
    for (const { socket } of workers) socket.end();
  });
}

if (process.argv[2] === 'worker') await work();
else await accept(...process.argv.slice(2));
