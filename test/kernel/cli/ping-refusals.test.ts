import { describe, expect, it } from 'vitest';
import { subsocket, typed } from '../../support/cli/command.js';
import { describeNeeding } from '../../support/lab/index.js';

async function expectRefusal(line: string, complaint: RegExp): Promise<void> {
  const { stdout, stderr, status } = await typed(line);
  expect(stderr.trimEnd()).toMatch(complaint);
  expect(stderr.split('\n')).toHaveLength(2);
  expect(stdout).toBe('');
  expect(status).toBe(2);
}

describe('a wrong call ends with status 2 and one line that helps', () => {
  it.each([
    ['ping -s 65508 127.0.0.1', /^subsocket ping: -s takes 0 to 65507 bytes, not 65508$/],
    ['ping -t 0 127.0.0.1', /^subsocket ping: -t takes 1 to 255 hops, not 0$/],
    ['ping -i -1 127.0.0.1', /^subsocket ping: -i takes 0 to 86400 seconds, not -1$/],
    ['ping -c x 127.0.0.1', /^subsocket ping: -c takes 1 to 4294967295, not x$/],
    ['ping -I nosuch0 127.0.0.1', /^subsocket ping: -I: there is no interface nosuch0; those there are: ip link$/],
    ['ping -4 ::1', /^subsocket ping: ::1 is an IPv6 address, and IPv4 was asked for$/],
    ['ping -6 127.0.0.1', /^subsocket ping: 127\.0\.0\.1 is an IPv4 address, and IPv6 was asked for$/],
    [
      'ping -I 192.0.2.1 -c 1 127.0.0.1',
      /^subsocket ping: .*192\.0\.2\.1.*Cannot assign requested address; see: ip address$/,
    ],
    ['ping -R -6 ::1', /^subsocket ping: -R is of IPv4 only, and -6 was given$/],
    ['ping', /^subsocket ping: name a target: subsocket ping TARGET$/],
    ['ping --count', /^subsocket ping: option '-c, --count <number>' argument missing$/],
    ['ping --quite 127.0.0.1', /^subsocket ping: unknown option '--quite' \(Did you mean --quiet\?\)$/],
    ['ping -g 10.0.0.0/33', /^subsocket ping: -g takes ADDRESS\/BITS or FIRST-LAST, not 10\.0\.0\.0\/33$/],
    ['ping --file /nonexistent/targets', /^subsocket ping: ENOENT: no such file or directory/],
    ['pnig 127.0.0.1', /^subsocket: unknown command 'pnig' \(Did you mean ping\?\)$/],
    ['', /^subsocket: name a command: ping, /],
  ])('%s', expectRefusal);

  describeNeeding('icmpSockets', 'where ping works', () => {
    it.each([
      ['ping --file /', /^subsocket ping: EISDIR/],
      ['ping --file /dev/null', /^subsocket ping: there were no targets$/],
    ])('%s', expectRefusal);
  });

  it('shows a target full of terminal escapes harmlessly', async () => {
    const { stderr, status } = await subsocket(['ping', 'x\x1b[2J\x9b31m\u202e y']);
    expect(stderr).toMatch(/^subsocket ping: .*\n$/);
    expect(stderr).not.toMatch(/[\x1b\x9b\u202e]/);
    expect(status).toBe(2);
  });
});

describe('help', () => {
  it.each(['--help', '-h', 'ping --help', 'help ping', 'doctor -h'])('%s prints it and succeeds', async line => {
    const { stdout, stderr, status } = await typed(line);
    expect(stdout).toMatch(/^Usage: subsocket /);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  /** What a help page lists as commands, by name. */
  const listed = async (line: string): Promise<string[]> => {
    const [, list = ''] = (await typed(`${line} --help`)).stdout.split('\nCommands:\n');
    return [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name);
  };
  const firstLine = async (line: string): Promise<string> => {
    const { stdout, status } = await typed(line);
    return `${status} ${stdout.split('\n')[0]}`;
  };

  it('lists only what can be called, at every level, and tells of each', async () => {
    const commands = await listed('');
    expect(commands).toContain('multicast');
    for (const group of ['', ...commands.filter(name => name !== 'help')]) {
      for (const name of await listed(group)) {
        const usage = name === 'help' ? `0 Usage: subsocket ${group}` : `0 Usage: subsocket ${group} ${name}`;
        const expected = expect.stringContaining(usage.replace('  ', ' '));
        expect(await firstLine(`${group} help ${name}`)).toEqual(expected);
        expect(await firstLine(`help ${group} ${name}`)).toEqual(expected);
      }
    }
  });

  it('--version prints the version of the package', async () => {
    expect((await typed('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  });
});
