import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { countTargets, eachTarget, parseRange } from '../../../src/cli/targets.js';

const NEVER = new AbortController().signal;

async function all(targets: AsyncIterable<unknown> | Iterable<unknown>): Promise<string[]> {
  const found: string[] = [];
  for await (const target of targets) found.push(String(target));
  return found;
}

describe('the targets of a mass ping', () => {
  it('gives names, then the addresses of ranges', async () => {
    const sources = { names: ['a', 'b'], ranges: [parseRange('10.0.0.0/30'), parseRange('::1-::2')], files: [] };
    expect(await all(eachTarget(sources, NEVER))).toEqual(['a', 'b', '10.0.0.1', '10.0.0.2', '::1', '::2']);
    expect(countTargets(sources)).toBe(6);
  });

  it('reads a file line by line, without comments and empty lines, however it is cut into pieces', async () => {
    const text = '# routers\n10.0.0.1\n\n  10.0.0.2  # core\r\nhost.exa';
    for (const size of [1, 2, 7, 1000]) {
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      const sources = { names: ['first'], ranges: [], files: [Readable.from([...pieces, 'mple'])] };
      expect(await all(eachTarget(sources, NEVER))).toEqual(['first', '10.0.0.1', '10.0.0.2', 'host.example']);
    }
  });

  it('does not know the number of targets in a file', () => {
    expect(countTargets({ names: ['a'], ranges: [], files: [Readable.from([])] })).toBeUndefined();
  });

  it('takes the first of 2^128 addresses at once', () => {
    const targets = eachTarget({ names: [], ranges: [parseRange('::/0')], files: [] }, NEVER) as Iterable<unknown>;
    for (const target of targets) {
      expect(String(target)).toBe('::');
      break;
    }
  });

  it('refuses a line without end', async () => {
    const file = Readable.from(Array.from({ length: 100 }, () => 'x'.repeat(1000)));
    await expect(all(eachTarget({ names: [], ranges: [], files: [file] }, NEVER))).rejects.toThrow('--file: a line');
  });

  it('stops waiting for a file when the run ends', async () => {
    const ended = new AbortController();
    const silent = new Readable({ read() {} });
    silent.push('10.0.0.1\n');
    const found: string[] = [];
    for await (const target of eachTarget({ names: [], ranges: [], files: [silent] }, ended.signal)) {
      found.push(String(target));
      ended.abort();
    }
    expect(found).toEqual(['10.0.0.1']);
  });
});
