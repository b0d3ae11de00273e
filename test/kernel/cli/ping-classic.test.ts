import { expect, it } from 'vitest';
import { withoutTimes } from '../../support/cli/classic.js';
import { typed } from '../../support/cli/command.js';
import { finish, start } from '../../support/lab/command.js';
import { describeNeeding } from '../../support/lab/index.js';

const iputils = (line: string) => finish(start(['ping', ...line.split(' ')], { stdio: 'pipe' }));

describeNeeding(['icmpSockets', 'program:ping'], 'ping of one target says what iputils says', () => {
  it.each([
    '-c 3 -i 0.2 127.0.0.1',
    '-c 2 -i 0.2 ::1',
    '-c 1 -4 localhost',
    '-c 1 -n -4 localhost',
    '-c 1 -q 127.0.0.1',
    '-c 1 -q ::1',
    '-c 1 -s 100 127.0.0.1',
    '-c 1 -s 65507 127.0.0.1',
    '-c 1 -t 5 127.0.0.1',
    '-c 1 -D 127.0.0.1',
    '-c 1 -I lo 127.0.0.1',
    '-c 1 -I lo ::1',
    '-c 1 -I 127.0.0.1 127.0.0.1',
    '-c 1 -I 127.0.0.9 127.0.0.1',
    '-c 2 -i 0.2 -R 127.0.0.1',
    '-c 2 -i 0.2 -T tsonly 127.0.0.1',
    '-c 1 -T tsandaddr 127.0.0.1',
    '-c 1 -T tsprespec 127.0.0.1 127.0.0.1',
    '-c 1 -p ff00 127.0.0.1',
    '-c 1 -p fAb ::1',
    '-c 1 -q -p ff 127.0.0.1',
    '-c 3 -A 127.0.0.1',
    '-c 20 -f 127.0.0.1',
    '-c 2 -i 0.2 -O 127.0.0.1',
  ])('ping %s', async line => {
    const [ours, theirs] = await Promise.all([typed(`ping ${line}`), iputils(line)]);
    expect(withoutTimes(ours.stdout)).toBe(withoutTimes(theirs.stdout));
    expect(ours.stderr).toBe('');
    expect(ours.status).toBe(theirs.status);
  });

  it('fails like it where fewer answers than asked for came before the deadline', async () => {
    const line = '-c 100 -i 0.2 -w 1 127.0.0.1';
    const [ours, theirs] = await Promise.all([typed(`ping ${line}`), iputils(line)]);
    expect([ours.status, theirs.status]).toEqual([1, 1]);
  });
});
