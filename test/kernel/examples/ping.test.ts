import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { describeNeeding } from '../../support/lab/index.js';

const run = promisify(execFile);

describeNeeding('rawSockets', 'the examples of ping', () => {
  test('ping-once tells replies and the count', async () => {
    const { stdout } = await run(process.execPath, ['examples/ping-once.mjs', '127.0.0.1']);
    expect(stdout).toMatch(/^1: \d+\.\d{3} ms from 127\.0\.0\.1\n2: .*\n3: .*\n3 of 3 came back\n$/);
  });

  test('ping-network counts the hosts of a network', async () => {
    const { stdout } = await run(process.execPath, ['examples/ping-network.mjs', '127.0.0.0/24']);
    expect(stdout).toBe('254 of 254 answered\n');
  });
});
