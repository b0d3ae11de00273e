import { expect, test } from 'vitest';
import { finish, start } from '../../support/lab/command.js';

const root = new URL('../../..', import.meta.url).pathname;

test('the program of listen inherits its listeners, and nothing else that was open', async () => {
  const listen = `"$0" bin/subsocket.js listen 127.0.0.1:0 '[::1]:0' -- sh -c 'echo /proc/self/fd/*'`;
  const words = ['sh', '-c', `exec 9< /dev/zero; ${listen}`, process.execPath];
  const { stdout, status } = await finish(start(words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] }));
  const open = stdout
    .trim()
    .split(' ')
    .map(path => Number(path.split('/').at(-1)));
  expect(open.filter(descriptor => descriptor !== 5)).toEqual([0, 1, 2, 3, 4]);
  expect(status).toBe(0);
});
