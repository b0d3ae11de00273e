import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { executeWithListeners } from '../../../src/sockets/unix/activation/execute.js';
import { describeNeeding } from '../../support/lab/index.js';
import { expectLevelDescriptors, fileWith, scratch } from './support.js';

describe('a program that cannot be run', () => {
  /** A file that may be executed, and is none that the kernel knows. */
  function noProgram(): string {
    const path = `${scratch()}/no-program`;
    fs.writeFileSync(path, 'no program at all', { mode: 0o755 });
    return path;
  }

  /** What execve(2) hands on, and what belongs to the process rather than to the thread that calls it. */
  function stateOfProcess(): unknown {
    const status = fs.readFileSync('/proc/self/status', 'utf8');
    const flags = [0, 1, 2].map(
      number => /^flags:.*$/m.exec(fs.readFileSync(`/proc/self/fdinfo/${number}`, 'utf8'))?.[0],
    );
    return [status.match(/^(Uid|Gid|Groups|CapEff|SigIgn):.*$/gm), flags];
  }

  test('leaves the process with all that it had', () =>
    expectLevelDescriptors(async () => {
      using file = fileWith('x');
      const before = stateOfProcess();
      const program = noProgram();
      const run = () => executeWithListeners(program, [], [{ name: 'web', descriptor: file.fd }]);
      expect(run).toThrow(expect.objectContaining({ code: 'ENOEXEC', syscall: 'execve', object: program }));
      expect(stateOfProcess()).toEqual(before);
      expect(String(fs.readFileSync(file.fd))).toBe('x');
    }));

  describeNeeding('otherUsers', 'as root', () => {
    test.each([{ user: 'nobody' }, { user: '65534', group: 'root' }, { group: '65534' }])(
      'by %j leaves the process with its user and groups',
      identity => {
        const before = stateOfProcess();
        expect(() => executeWithListeners(noProgram(), [], [], identity)).toThrow(
          /^execve .*(ENOEXEC|EACCES).*to run as/,
        );
        expect(stateOfProcess()).toEqual(before);
      },
    );
  });

  test.each([
    [{ user: 'no-such-user' }, 'user'],
    [{ user: '4294967295', group: '0' }, 'user'],
    [{ user: '1' }, 'group'],
    [{ user: 'root', group: 'no-such-group' }, 'group'],
    [{ group: '4294967295' }, 'group'],
    [{ user: null }, 'user'],
    [{ user: 'root', group: 5 }, 'group'],
  ])('because of %j is refused by name', (identity, argument) => {
    const refused = expect.objectContaining({ code: 'ERR_SUBSOCKET_ARGUMENT', argument });
    expect(() => executeWithListeners(noProgram(), [], [], identity as never)).toThrow(refused);
  });
});
