import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const library = new URL('../../../dist/index.js', import.meta.url).href;

/** Runs a program whose handlers throw once at 'one', and gives what it printed. */
async function printed(program: string): Promise<string> {
  const source = `
    import { setTimeout as sleep } from 'node:timers/promises';
    import { datagramPair, socketPair, UnixServer, UnixSocket } from ${JSON.stringify(library)};
    const seen = [];
    process.on('uncaughtException', error => seen.push(error.message));
    const take = text => {
      seen.push(text);
      if (text === 'one') throw new Error('thrown');
    };
    ${program}
    await sleep(50);
    console.log(seen.join(' '));
    process.exit();`;
  return (await run(process.execPath, ['--input-type=module', '--eval', source])).stdout;
}

test('a handler of messages that throws is called with those that follow', async () => {
  const text = await printed(`
    const [here, there] = datagramPair();
    for (const data of ['one', 'two', 'three']) await here.send(data);
    there.on('message', ({ data }) => take(String(data)));`);
  expect(text).toBe('one thrown two three\n');
});

test('a handler of connections that throws is called with those that follow', async () => {
  const text = await printed(`
    const server = await UnixServer.listen('\\0subsocket-handlers-' + process.pid);
    const clients = [1, 2, 3].map(() => UnixSocket.connect('\\0subsocket-handlers-' + process.pid));
    await Promise.all(clients);
    const names = ['one', 'two', 'three'];
    server.on('connection', () => take(names.shift()));`);
  expect(text).toBe('one thrown two three\n');
});
