// Terminates busy workers, a few at a time, and prints the process's open descriptors before and after:
// node terminated-workers.mjs ADDON WORKERS
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { printDescriptorsAround, terminateAt } from '../../support/kernel/worker-descriptors.mjs';

const CONCURRENT = 4;
const [, , addon, workers] = process.argv;
// As text: a worker that is terminated while Node reads its file leaves that file open.
const source = readFileSync(new URL('busy-worker.cjs', import.meta.url), 'utf8');

/** Most in the midst of their traffic, every fourth while it still opens what it needs. */
function terminateOne(index) {
  const worker = new Worker(source, { eval: true, workerData: addon });
  return terminateAt(worker, index % 4 === 0 ? 'online' : 'message');
}

await printDescriptorsAround(terminateOne, Number(workers), CONCURRENT);
