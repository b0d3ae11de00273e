import { expect, it } from 'vitest';
import { jsonLines, subsocket, typed } from '../../support/cli/command.js';
import { describeNeeding } from '../../support/lab/index.js';

/** Refused without asking a name server: no host name has a blank. */
const NO_NAME = 'no name';

describeNeeding('icmpSockets', 'a mass ping on the command line', () => {
  it('counts the targets of a block without its network and broadcast addresses', async () => {
    const { stdout, stderr, status } = await typed('ping -g 127.0.1.0/24');
    expect(stdout).toMatch(
      /^254 targets: 254 answered\n254 packets transmitted, 254 received, 0% packet loss, time \d+ms\n/,
    );
    expect(stdout).toMatch(/\nrtt min\/avg\/max\/mdev = .* ms\n$/);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('takes names, ranges and standard input together, of both families', async () => {
    const line = 'ping --json -q -g 127.0.0.4-127.0.0.5 --file - 127.0.0.2 ::1';
    const { stdout, status } = await typed(line, '127.0.0.8\n# nobody\n127.0.0.9 # somebody\n');
    const summaries = jsonLines(stdout).filter(({ type }) => type === 'summary');
    expect(summaries.map(({ target }) => target).sort()).toEqual(
      ['127.0.0.2', '127.0.0.4', '127.0.0.5', '127.0.0.8', '127.0.0.9', '::1'].sort(),
    );
    expect(status).toBe(0);
  });

  it('goes on after a name that has no address, and tells of it', async () => {
    const { stdout, status } = await subsocket(['ping', '127.0.0.1', NO_NAME, '127.0.0.2']);
    expect(stdout).toMatch(/^TARGET +ADDRESS +ANSWERED +PROBLEM\nno name +- +- +not resolved: .*\n\n/);
    expect(stdout).toContain('3 targets: 2 answered, 1 not resolved\n');
    expect(status).toBe(1);
  });

  it('prints the counts only when quiet', async () => {
    const { stdout, status } = await subsocket(['ping', '-q', '127.0.0.1', NO_NAME]);
    expect(stdout).toMatch(/^2 targets: 1 answered, 1 not resolved\n1 packets transmitted/);
    expect(status).toBe(1);
  });

  it('asks each target as often as it is told', async () => {
    const { stdout } = await typed('ping -c 3 -i 0.01 127.0.0.1 127.0.0.2');
    expect(stdout).toContain('6 packets transmitted, 6 received');
  });
});
