import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { test } from 'vitest';
import { againAndAgain, expectNothingLeft } from '../../support/kernel/endurance.js';
import { describeNeeding } from '../../support/lab/index.js';

const run = promisify(execFile);

/** What can be done over loopback; the path MTU needs a path. */
const THINGS = [
  ...['ping', 'mass-ping', 'aborted-ping', 'traceroute'],
  ...['datagrams', 'datagram-batches', 'unix-datagrams', 'seqpacket', 'tcp'],
];

describeNeeding('rawSockets', 'what is done again and again leaves nothing behind', () => {
  test.each(THINGS)('%s', { timeout: 60_000 }, async what => {
    expectNothingLeft((await run(process.execPath, againAndAgain(what))).stdout);
  });
});
