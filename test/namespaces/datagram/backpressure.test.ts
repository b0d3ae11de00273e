import { afterAll, beforeAll, expect, test } from 'vitest';
import { Agent } from '../../support/datagram/agent.js';
import { describeNeeding, type Host, Lab } from '../../support/lab/index.js';

const SMALL_BUFFER = { SO_SNDBUF: 20_000 };

describeNeeding('namespaces', 'a link slower than the sender', () => {
  const lab = new Lab();
  let near: Host;
  let sender: Agent;
  let receiver: Agent;
  let destination: { address: string; port: number };

  beforeAll(async () => {
    near = lab.host('near');
    const far = lab.host('far');
    lab.link(near, far, { v4: '10.5.0.0/24' });
    near.shape('far', { rate: '4mbit', burst: '4kb', latency: '10s' });
    [sender, receiver] = await Promise.all([Agent.on(near), Agent.on(far)]);
    const port = await receiver.open('receiver', { bind: {}, options: { SO_RCVBUF: 4 << 20 } });
    destination = { address: '10.5.0.2', port };
  });
  afterAll(() => lab.close());

  const receive = async (count: number): Promise<string[]> => {
    const texts: string[] = [];
    while (texts.length < count) texts.push((await receiver.message('receiver')).text as string);
    return texts;
  };

  test('a full buffer is told, and when it has room again', async () => {
    await sender.open('filling', { options: SMALL_BUFFER });
    const sent = (await sender.call('filling', 'fill', 1000, destination)) as number;
    expect(sent).toBeGreaterThan(2);
    await sender.event('drain', 'filling');
    expect(await sender.call('filling', 'send', 'room again', destination)).toBe(true);
    expect((await receive(sent + 1)).at(-1)).toBe('room again');
  });

  test.each([
    ['one by one', { sendOffload: false }, 900],
    ['joined', { sendOffload: true }, 900],
    // The kernel cuts no payload into pieces that it would have to fragment.
    ['joined, which the kernel refuses', { sendOffload: true }, 2000],
  ])('batches that are sent on at every drain arrive whole, once and in order: %s', async (how, options, bytes) => {
    const socket = `streaming ${how}`;
    await sender.open(socket, { options: SMALL_BUFFER, ...options });
    expect(await sender.call(socket, 'stream', 400, bytes, destination)).toBeGreaterThan(200);
    const numbers = (await receive(400)).map(text => Number.parseInt(text, 10));
    expect(numbers).toEqual(Array.from({ length: 400 }, (_, number) => number));
  });

  test.each(['auto', 'library'] as const)(
    'a payload that is cut arrives whole, though the buffer filled amid it: %s',
    async segmentation => {
      const socket = `cut by ${segmentation}`;
      await sender.open(socket, { segmentation, options: SMALL_BUFFER });
      const payload = Array.from({ length: 60 }, (_, number) => `${number} `.padEnd(1000)).join('');
      expect(await sender.call(socket, 'sendOnce', payload, destination, { segmentSize: 1000 })).toBe(true);
      const numbers = (await receive(60)).map(text => Number.parseInt(text, 10));
      expect(numbers).toEqual(Array.from({ length: 60 }, (_, number) => number));
    },
  );
});
