import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { DatagramSocket } from '../../../src/index.js';
import { open, thrown } from '../../support/datagram/collect.js';

/** A sender, and the texts that the receiver was given a turn. */
function pair(coalesce: number): { receiver: DatagramSocket; sender: DatagramSocket; turns: string[][] } {
  const receiver = open({ bind: { address: '127.0.0.1' }, coalesce });
  const turns: string[][] = [];
  receiver.receiveBatches(batch => {
    turns.push(batch.datagrams().map(({ payload }) => payload.toString()));
  });
  return { receiver, sender: open({ connect: { address: '127.0.0.1', port: receiver.localAddress.port } }), turns };
}

/** Sends so that a socket that is read at once gets each datagram in a turn of its own. */
async function sendOneByOne(sender: DatagramSocket, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    sender.send(text);
    for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve));
  }
}

test('the first datagram comes at once, and those that follow come together', async () => {
  const { sender, turns } = pair(1000);
  sender.send('first');
  await expect.poll(() => turns).toEqual([['first']]);
  await sendOneByOne(sender, ['a', 'b', 'c']);
  expect(turns).toEqual([['first']]);
  await expect.poll(() => turns).toEqual([['first'], ['a', 'b', 'c']]);
});

test('without it each comes in a turn of its own', async () => {
  const { sender, turns } = pair(0);
  for (const [index, text] of ['a', 'b', 'c'].entries()) {
    sender.send(text);
    await expect.poll(() => turns[index]).toEqual([text]);
  }
});

test('after a time in which nothing came, the next one is waited for again', async () => {
  const { sender, turns } = pair(20);
  sender.send('first');
  await expect.poll(() => turns.length).toBe(1);
  await new Promise(resolve => setTimeout(resolve, 60));
  sender.send('second');
  await expect.poll(() => turns).toEqual([['first'], ['second']]);
});

test('a pause lasts, whatever time has passed, and a closed socket gives nothing', async () => {
  const { receiver, sender, turns } = pair(1);
  sender.send('first');
  await expect.poll(() => turns.length).toBe(1);
  receiver.pause();
  await sendOneByOne(sender, ['kept']);
  await new Promise(resolve => setTimeout(resolve, 20));
  expect(turns).toEqual([['first']]);
  receiver.resume();
  await expect.poll(() => turns).toEqual([['first'], ['kept']]);
  sender.send('lost');
  receiver.close();
  await new Promise(resolve => setTimeout(resolve, 20));
  expect(turns).toHaveLength(2);
});

test('whether a socket keeps the process alive holds for its rest too', () => {
  const script = `
    import { DatagramSocket } from './dist/index.js';
    const socket = DatagramSocket.open({ bind: { address: '127.0.0.1' }, coalesce: 1000 });
    const resting = () => process.getActiveResourcesInfo().includes('Timeout');
    socket.once('message', () => setImmediate(() => {
      console.log(resting(), socket.unref() && resting());
      process.exit();
    }));
    socket.on('message', () => undefined);
    socket.send('x', { address: '127.0.0.1', port: socket.localAddress.port });
  `;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(stdout).toBe('true false\n');
});

test.each([-1, 0.5, 1001, Number.NaN, '1' as unknown as number])('%s is no time to wait', coalesce => {
  expect(thrown(() => DatagramSocket.open({ coalesce })).code).toBe('ERR_SUBSOCKET_ARGUMENT');
});
