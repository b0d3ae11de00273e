import { once } from 'node:events';
import { expect, it } from 'vitest';
import { jsonLines, seen, startCommand, typed } from '../../support/cli/command.js';
import { describeNeeding } from '../../support/lab/index.js';

describeNeeding('icmpSockets', 'ping --json', () => {
  it.each(['127.0.0.1', '::1'])('prints the events of %s as they are', async target => {
    const { stdout, stderr, status } = await typed(`ping --json -c 2 -i 0.2 ${target}`);
    const events = jsonLines(stdout);
    expect(events.map(({ type }) => type)).toEqual(['start', 'reply', 'reply', 'summary']);
    expect(events[0]).toMatchObject({ target, address: target, family: target === '::1' ? 6 : 4, size: 56 });
    expect(events[1]).toMatchObject({ target, address: target, sequence: 1, size: 64, rtt: expect.any(Number) });
    expect(events[3]).toMatchObject({ target, sent: 2, received: 2, lost: 0, loss: 0, foreign: 0, errors: 0 });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('prints the summary alone when quiet', async () => {
    const events = jsonLines((await typed('ping --json --quiet -c 2 -i 0.2 127.0.0.1')).stdout);
    expect(events.map(({ type }) => type)).toEqual(['summary']);
  });

  it('tells the time of each event where stamps are asked for', async () => {
    const [start] = jsonLines((await typed('ping --json -D -c 1 127.0.0.1')).stdout);
    expect(Math.abs(Number(start?.time) - Date.now())).toBeLessThan(3_600_000);
  });

  it('lets a line go when it happens, also into a pipe', async () => {
    const child = startCommand(['ping', '--json', '-i', '3600', '127.0.0.1']);
    await seen(child, /"type":"reply"/);
    child.kill('SIGINT');
    const [status] = await once(child, 'close');
    expect(status).toBe(0);
  });

  it('loses no line of 65,534 targets, and closes with the total', async () => {
    const { stdout, status } = await typed('ping --json --rate 50000 -g 127.0.0.0/16');
    const counts = new Map<unknown, number>();
    const events = jsonLines(stdout);
    for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({ start: 65_534, reply: 65_534, summary: 65_534, total: 1 });
    expect(events.at(-1)).toMatchObject({ type: 'total', targets: 65_534, answered: 65_534, unresolved: 0, lost: 0 });
    expect(status).toBe(0);
  });
});
