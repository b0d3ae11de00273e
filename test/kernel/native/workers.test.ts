import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { openDescriptors } from '../../support/kernel/loopback.js';

const run = promisify(execFile);
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const addon = path('../../../build/Release/subsocket.node');

/** Runs a program in a worker, with the addon as `native`; resolves with what it posts first. */
async function inWorker(program: string): Promise<unknown> {
  const source = `const { parentPort, workerData } = require('node:worker_threads');
    const native = require(workerData); const LINUX = native.constants; ${program}`;
  const worker = new Worker(source, { eval: true, workerData: addon });
  const posted = await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await worker.terminate();
  return posted;
}

it('a thousand workers terminated while they receive leave no descriptor open', { timeout: 300_000 }, async () => {
  const { stdout } = await run(process.execPath, [path('terminated-workers.mjs'), addon, '1000']);
  const { before, after } = JSON.parse(stdout);
  expect(after).toBe(before);
});

it('a worker that ends by itself closes what it left open', async () => {
  const before = openDescriptors();
  const worker = new Worker(
    `const native = require(require('node:worker_threads').workerData);
     for (let count = 0; count < 50; count++) native.socket(native.constants.AF_INET, native.constants.SOCK_DGRAM, 0);`,
    { eval: true, workerData: addon },
  );
  expect(await new Promise(resolve => worker.once('exit', resolve))).toBe(0);
  expect(openDescriptors()).toBe(before);
});

it('a worker leaves open what it released', async () => {
  const descriptor = await inWorker(`
    const descriptor = native.socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, 0);
    native.release(descriptor);
    parentPort.postMessage(descriptor);`);
  const { native } = await import('../../../src/io/native.js');
  expect(native().close(descriptor as number)).toBe(0);
});

it('a worker has clocks with the origin of the main thread', async () => {
  const { native } = await import('../../../src/io/native.js');
  const before = native().monotonicNow();
  const during = await inWorker('parentPort.postMessage(native.monotonicNow());');
  expect(during).toBeGreaterThanOrEqual(before);
  expect(during).toBeLessThanOrEqual(native().monotonicNow());
});
