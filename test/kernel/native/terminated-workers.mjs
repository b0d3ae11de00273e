// Terminates busy workers, a few at a time, and prints the process's open descriptors before and after:
// node terminated-workers.mjs ADDON WORKERS
import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

const CONCURRENT = 4;
const [, , addon, workers] = process.argv;
// As text: a worker that is terminated while Node reads its file leaves that file open.
const source = readFileSync(new URL('busy-worker.cjs', import.meta.url), 'utf8');

/** 'message': in the midst of its traffic; 'online': while it still opens what it needs. */
async function terminateOne(moment) {
  const worker = new Worker(source, { eval: true, workerData: addon });
  await new Promise((resolve, reject) => {
    worker.once(moment, resolve);
    worker.once('error', reject);
  });
  await worker.terminate();
}

async function terminateMany(count) {
  let left = count;
  const lane = async () => {
    while (left-- > 0) await terminateOne(left % 4 === 0 ? 'online' : 'message');
  };
  await Promise.all(Array.from({ length: CONCURRENT }, lane));
}

const openDescriptors = () => readdirSync('/proc/self/fd').length;

// The first workers open what the process keeps.
await terminateMany(CONCURRENT);
const before = openDescriptors();
await terminateMany(Number(workers));
console.log(JSON.stringify({ before, after: openDescriptors() }));
