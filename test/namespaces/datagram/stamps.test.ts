import { afterAll, beforeAll, expect, test } from 'vitest';
import { Agent } from '../../support/datagram/agent.js';
import { describeNeeding, Lab } from '../../support/lab/index.js';

const COUNT = 30;

describeNeeding('namespaces', 'transmit stamps where the interface refuses datagrams', () => {
  const lab = new Lab();
  let sender: Agent;

  beforeAll(async () => {
    const near = lab.host('near');
    const far = lab.host('far');
    lab.link(near, far, { v4: '10.5.0.0/24', v6: '2001:db8:5::/64' });
    near.shape('far', { rate: '1mbit', burst: '2000', latency: '10ms' });
    sender = await Agent.on(near);
  });
  afterAll(() => lab.close());

  // Linux before 6.13 may count what is refused, and then no later stamp can be told whose it is.
  test.each([
    { family: 4, address: '10.5.0.2' },
    { family: 6, address: '2001:db8:5::2' },
  ] as const)('IPv$family: each goes to the datagram that left', async ({ family, address }) => {
    const socket = `family ${family}`;
    const destination = { address, port: 9 };
    await sender.open(socket, { family, errors: true });
    // Those that wait for the neighbour's link address would meet the queue later.
    expect(await sender.call(socket, 'sendStamped', 1, 10, destination)).toBe(0);
    expect(await sender.event('stamped', socket)).toMatchObject({ number: 0 });
    const refused = (await sender.call(socket, 'sendStamped', COUNT, 1000, destination)) as number;
    expect(refused).toBeGreaterThan(0);
    const stamped: unknown[] = [];
    while (stamped.length < COUNT - refused) stamped.push((await sender.event('stamped', socket)).number);
    expect(stamped).toEqual([...stamped].sort((left, right) => Number(left) - Number(right)));
    expect(new Set(stamped).size).toBe(COUNT - refused);
    expect(await sender.call(socket, 'sendStamped', 1, 10, destination)).toBe(0);
    expect(await sender.event('stamped', socket)).toMatchObject({ number: 0 });
  });
});
