import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finish, start } from '../../support/lab/command.js';
import { describeNeeding } from '../../support/lab/index.js';

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

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'subsocket-listen-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  [
    'there is no such command',
    ['./one.sock', './two.sock', '--', 'no-such-command'],
    /^subsocket listen: command takes a program/,
  ],
  ['there is no such user', ['./one.sock', '--user', 'no-such-user', '--', 'true'], /^subsocket listen: user takes/],
  ['the program cannot be run', ['./one.sock', '--', './no-program'], /^subsocket listen: execve .*ENOEXEC/],
  ['a name cannot be passed', ['a b=./one.sock', '--', 'true'], /^subsocket listen: name takes/],
  [
    'another address cannot be had',
    ['./one.sock', '192.0.2.1:80', '--', 'true'],
    /^subsocket listen: bind .*EADDRNOTAVAIL/,
  ],
  ['a socket of that type cannot listen there', ['./one.sock', './none/two.sock', '--', 'true'], /ENOENT/],
])('listen leaves no path behind where %s', async (_why, args, message) => {
  writeFileSync(join(folder, 'no-program'), 'no program at all', { mode: 0o755 });
  const words = [process.execPath, join(root, 'bin/subsocket.js'), 'listen', ...args];
  const { stderr, status } = await finish(start(words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }));
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
  expect(readdirSync(folder)).toEqual(['no-program']);
});

test('listen leaves the path to the program, which finds its socket there', async () => {
  const program = 'test -S one.sock && echo $LISTEN_FDS';
  const words = [process.execPath, join(root, 'bin/subsocket.js'), 'listen', './one.sock', '--', 'sh', '-c', program];
  const { stdout, status } = await finish(start(words, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] }));
  expect([stdout, status]).toEqual(['1\n', 0]);
  expect(existsSync(join(folder, 'one.sock'))).toBe(true);
});

describeNeeding('otherUsers', 'as root', () => {
  test('listen leaves no path behind where another user cannot run the program', async () => {
    writeFileSync(join(folder, 'no-program'), 'no program at all', { mode: 0o755 });
    const args = ['./two.sock', '--user', 'nobody', '--', join(folder, 'no-program')];
    const words = [process.execPath, join(root, 'bin/subsocket.js'), 'listen', ...args];
    const { stderr, status } = await finish(start(words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }));
    // The folder is root's alone.
    expect(stderr).toMatch(/^subsocket listen: execve .*EACCES.*; it was to run as nobody$/m);
    expect(status).toBe(2);
    expect(existsSync(join(folder, 'two.sock'))).toBe(false);
  });
});
