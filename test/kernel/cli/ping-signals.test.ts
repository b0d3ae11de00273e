import { once } from 'node:events';
import { expect, it } from 'vitest';
import { seen, startCommand } from '../../support/cli/command.js';
import { finish } from '../../support/lab/command.js';
import { describeNeeding } from '../../support/lab/index.js';

describeNeeding('icmpSockets', 'signals', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends a run with its summary and its status', async signal => {
    const child = startCommand(['ping', '-i', '3600', '127.0.0.1']);
    const finished = finish(child);
    await seen(child, /icmp_seq=1/);
    child.kill(signal);
    const { stdout, status } = await finished;
    expect(stdout).toMatch(/\n--- 127\.0\.0\.1 ping statistics ---\n1 packets transmitted, 1 received, 0% packet loss/);
    expect(status).toBe(0);
  });

  it.each([
    { options: [], reply: /icmp_seq=1/ },
    { options: ['--json'], reply: /"type":"reply"/ },
  ])('SIGQUIT shows how it goes, and the run goes on: %j', async ({ options, reply }) => {
    const child = startCommand(['ping', ...options, '-i', '3600', '127.0.0.1']);
    const finished = finish(child);
    await seen(child, reply);
    child.kill('SIGQUIT');
    if (child.stderr !== null) await once(child.stderr, 'data');
    child.kill('SIGINT');
    const { stderr, status } = await finished;
    expect(stderr).toMatch(/^\r1\/1 packets, 0% loss, min\/avg\/ewma\/max = [\d.]+\/[\d.]+\/[\d.]+\/[\d.]+ ms\n$/);
    expect(status).toBe(0);
  });

  it('SIGQUIT counts probes that are on their way', async () => {
    // Loopback takes packets for whomsoever, and nobody there answers this one.
    const child = startCommand(['ping', '-i', '3600', '-I', 'lo', '192.0.2.1']);
    const finished = finish(child);
    await seen(child, /^PING/);
    child.kill('SIGQUIT');
    if (child.stderr !== null) await once(child.stderr, 'data');
    child.kill('SIGINT');
    const { stderr } = await finished;
    expect(stderr).toBe('\r0/1 packets, 100% loss\n');
  });

  it('SIGQUIT shows how far a mass ping is, and it goes on', async () => {
    const child = startCommand(['ping', '--json', '-g', '127.0.0.1-127.0.0.2', '-c', '2', '-i', '3600']);
    const finished = finish(child);
    await seen(child, /"type":"reply"(.|\n)*"type":"reply"/);
    child.kill('SIGQUIT');
    if (child.stderr !== null) await once(child.stderr, 'data');
    child.kill('SIGINT');
    const { stdout, stderr } = await finished;
    expect(stderr).toMatch(/^\r0 of 2 targets, 2 answered, \d+ probes\/s, \d+\.\d s\n$/);
    expect(stdout).toMatch(/"type":"total"/);
  });

  it('SIGINT ends a mass ping with the total', async () => {
    const child = startCommand(['ping', '--json', '-g', '::1-::1', '--file', '-']);
    const finished = finish(child);
    await seen(child, /"type":"summary"/);
    child.kill('SIGINT');
    const { stdout } = await finished;
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      type: 'total',
      targets: 1,
      answered: 1,
    });
  });

  it('ends quietly where nobody reads any more', async () => {
    const child = startCommand(['ping', '--json', '-i', '0.01', '127.0.0.1']);
    await seen(child, /"type":"reply"/);
    let complaints = '';
    child.stderr?.on('data', text => {
      complaints += text;
    });
    child.stdout?.destroy();
    const [, signal] = await once(child, 'exit');
    expect({ complaints, signal }).toEqual({ complaints: '', signal: null });
  });
});
