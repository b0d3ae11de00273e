// What programs that terminate workers by the dozen have in common.
import { readdirSync } from 'node:fs';

const openDescriptors = () => readdirSync('/proc/self/fd').length;

/** Terminates a worker when it has told the first `event`: 'message', or 'online' while it still opens what it needs. */
export async function terminateAt(worker, event) {
  await new Promise((resolve, reject) => {
    worker.once(event, resolve);
    worker.once('error', reject);
  });
  await worker.terminate();
}

/** Calls `terminateOne` `count` times, `concurrent` at once, and prints the process's open descriptors before and after. */
export async function printDescriptorsAround(terminateOne, count, concurrent) {
  // The first workers open what the process keeps.
  await terminateMany(terminateOne, concurrent, concurrent);
  const before = openDescriptors();
  await terminateMany(terminateOne, count, concurrent);
  console.log(JSON.stringify({ before, after: openDescriptors() }));
}

async function terminateMany(terminateOne, count, concurrent) {
  let left = count;
  const lane = async () => {
    while (left-- > 0) await terminateOne(left);
  };
  await Promise.all(Array.from({ length: concurrent }, lane));
}
