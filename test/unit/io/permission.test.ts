import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { grantCapabilities } from '../../../src/io/permission.js';

let directory: string;
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'subsocket-')));
});
afterEach(() => {
  vi.unstubAllGlobals();
  rmSync(directory, { recursive: true });
});

it.each(['node', 'my node', "node's $HOME `id` \\n"])('the command that grants names Node at %j to a shell', name => {
  const path = join(directory, name);
  writeFileSync(path, '');
  vi.stubGlobal('process', { ...process, execPath: path, geteuid: () => 0 });
  const command = grantCapabilities(['CAP_NET_RAW']);
  const word = command.replace('sudo setcap cap_net_raw+ep ', '');
  expect(execFileSync('sh', ['-c', `printf %s ${word}`], { encoding: 'utf8' })).toBe(path);
});
