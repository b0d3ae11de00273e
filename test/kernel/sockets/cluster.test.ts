import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('children/workers.mjs', import.meta.url));

it('workers of node:cluster listen and bind on descriptors of their own', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  expect(stdout).toBe('2 workers answered\n');
});
