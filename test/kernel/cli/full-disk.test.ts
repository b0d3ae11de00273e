import { expect, test } from 'vitest';
import { finish, start } from '../../support/lab/command.js';

const root = new URL('../../..', import.meta.url).pathname;

test.each(['ping -c 1 127.0.0.1', 'ping --json -c 1 127.0.0.1', 'trace -n 127.0.0.1', 'doctor', '--help'])(
  '%s says in one line that its output had no room',
  async line => {
    const words = ['sh', '-c', `"$0" bin/subsocket.js ${line} > /dev/full`, process.execPath];
    const { stderr, status } = await finish(start(words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] }));
    expect(stderr).toBe('subsocket: standard output: ENOSPC: no space left on device, write\n');
    expect(status).toBe(2);
  },
);
