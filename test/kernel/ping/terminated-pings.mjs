// Terminates workers that are pinging, a few at a time, and prints the process's open descriptors before and after:
// node terminated-pings.mjs LIBRARY WORKERS
import { Worker } from 'node:worker_threads';
import { printDescriptorsAround, terminateAt } from '../../support/kernel/worker-descriptors.mjs';

const CONCURRENT = 2;
const [, , library, workers] = process.argv;

/** Pings without end, and says so after so many replies. */
const source = `
  const { parentPort, workerData } = require('node:worker_threads');
  import(workerData.library).then(async ({ ping }) => {
    let replies = 0;
    for await (const { type } of ping('127.0.0.1', { interval: 0 })) {
      if (type === 'reply' && ++replies === workerData.replies) parentPort.postMessage('replied');
    }
  });`;

/** Every other one when its flood has gone over to the second thread. */
function terminateOne(index) {
  const workerData = { library, replies: index % 2 === 0 ? 1 : 30_000 };
  return terminateAt(new Worker(source, { eval: true, workerData }), 'message');
}

await printDescriptorsAround(terminateOne, Number(workers), CONCURRENT);
