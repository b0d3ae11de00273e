import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { describeNeeding } from '../../support/lab/index.js';

const run = promisify(execFile);
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const library = path('../../../dist/index.js');

describeNeeding('rawSockets', 'ping in worker threads', () => {
  test('pings as in the main thread', async () => {
    const program = `
      const { Worker } = require('node:worker_threads');
      const source = "import(require('node:worker_threads').workerData).then(async ({ ping }) =>" +
        "require('node:worker_threads').parentPort.postMessage((await ping('::1', { count: 3, interval: 1 }).summary()).received))";
      new Worker(source, { eval: true, workerData: ${JSON.stringify(library)} }).on('message', console.log);`;
    const { stdout } = await run(process.execPath, ['--eval', program]);
    expect(stdout).toBe('3\n');
  });

  test('two dozen workers terminated in mid-ping leave no descriptor open', async () => {
    const { stdout } = await run(process.execPath, [path('terminated-pings.mjs'), library, '24']);
    const { before, after } = JSON.parse(stdout);
    expect(after).toBe(before);
  });
});
