import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { projectRoot } from './project-files.js';

it('generated files are what their generators write', () => {
  const options = { cwd: projectRoot, encoding: 'utf8' } as const;
  const { stderr, status } = spawnSync(process.execPath, ['scripts/generate.mjs', '--check'], options);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});
