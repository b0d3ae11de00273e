// Terminates workers that are pinging, a few at a time, and prints the process's open descriptors before and after:
// node terminated-pings.mjs LIBRARY WORKERS
import { readdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

const CONCURRENT = 2;
const [, , library, workers] = process.argv;

/** Pings without end, and says so at its first reply. */
const source = `
  const { parentPort, workerData } = require('node:worker_threads');
  import(workerData).then(async ({ ping }) => {
    let replies = 0;
    for await (const { type } of ping('127.0.0.1', { interval: 0 })) {
      if (type === 'reply' && replies++ === 0) parentPort.postMessage('replied');
    }
  });`;

async function terminateOne() {
  const worker = new Worker(source, { eval: true, workerData: library });
  await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await worker.terminate();
}

async function terminateMany(count) {
  let left = count;
  const lane = async () => {
    while (left-- > 0) await terminateOne();
  };
  await Promise.all(Array.from({ length: CONCURRENT }, lane));
}

const openDescriptors = () => readdirSync('/proc/self/fd').length;

// The first workers open what the process keeps.
await terminateMany(CONCURRENT);
const before = openDescriptors();
await terminateMany(Number(workers));
console.log(JSON.stringify({ before, after: openDescriptors() }));
