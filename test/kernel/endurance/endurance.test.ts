import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { describeNeeding } from '../../support/lab/index.js';

const run = promisify(execFile);
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Bytes of heap a time that compiled code and the like account for; what leaks keeps a socket's buffers, or an engine. */
const HEAP_NOISE = 3000;

/** What can be done over loopback; the path MTU needs a path. */
const THINGS = [
  ...['ping', 'mass-ping', 'aborted-ping', 'traceroute'],
  ...['datagrams', 'datagram-batches', 'unix-datagrams', 'seqpacket', 'tcp'],
];

describeNeeding('rawSockets', 'what is done again and again leaves nothing behind', () => {
  test.each(THINGS)('%s', { timeout: 60_000 }, async what => {
    const { stdout } = await run(process.execPath, [
      ...['--expose-gc', path('again-and-again.mjs'), path('../../../dist/index.js'), what],
    ]);
    const left = JSON.parse(stdout);
    expect(left.descriptors).toBe(0);
    expect(left.heap).toBeLessThan(HEAP_NOISE);
    expect(left.arrayBuffers).toBeLessThan(HEAP_NOISE);
  });
});
