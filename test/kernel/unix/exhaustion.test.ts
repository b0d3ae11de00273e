import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { unprivilegedWords } from '../../support/lab/index.js';

const child = (name: string) => fileURLToPath(new URL(`children/${name}.mjs`, import.meta.url));

/** What a child reports as JSON. */
function run(command: string, ...args: string[]): unknown {
  return JSON.parse(execFileSync(command, args, { encoding: 'utf8', timeout: 50_000 }));
}

describe('a receiver without free descriptors', () => {
  const exhaust = (kind: string) => run(process.execPath, child('exhaustion'), kind);

  test('of a stream: the loss is raised with the data, what arrived is closed, and the stream ends', () => {
    expect(exhaust('stream')).toEqual([true, 'DESCRIPTORS_LOST', 'all of them', true, true, true]);
  });

  test('that asked for a report: gets what arrived, and the stream goes on', () => {
    expect(exhaust('reported')).toEqual([true, true, 'b', false, 1]);
  });

  test('of messages: the loss is raised for one message, and the next is whole', () => {
    expect(exhaust('seqpacket')).toEqual(['DESCRIPTORS_LOST', true, 'whole', 1]);
  });

  test('of several messages at once: those before and after the lost one are whole, and the loss is raised in its turn', () => {
    expect(exhaust('many')).toEqual(['before with 1', true, 'DESCRIPTORS_LOST', 'after with 0']);
    expect(exhaust('manyOfStream')).toEqual(['before with 1', false, 'DESCRIPTORS_LOST', true]);
  });

  test('for which several wait: one of them is told of the loss, the next gets the next message', () => {
    expect(exhaust('waiting')).toEqual(['DESCRIPTORS_LOST', 'whole']);
  });

  test('with few that are closed in time: 40,000 pass under a limit of 40', () => {
    expect(exhaust('level')).toEqual([40_000, 0]);
  });
});

test('too many descriptors in flight fail one message with ETOOMANYREFS, and the socket goes on', () => {
  const limited = ['--nofile=200:200', ...unprivilegedWords(), process.execPath, child('in-flight')];
  const report = run('prlimit', ...limited);
  expect(report).toEqual(['ETOOMANYREFS', true, true, 'again', 1]);
});

test('a descriptor that is collected unclosed is closed, with a warning', () => {
  expect(run(process.execPath, '--expose-gc', '--no-warnings', child('leak'))).toEqual([
    'DescriptorLeakWarning',
    'SUBSOCKET_DESCRIPTOR_LEAK',
    true,
    false,
  ]);
});
