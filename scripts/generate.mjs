// Runs every generator, scripts/generate-*.mjs; with --check tells which generated files differ from what they would be.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const generators = readdirSync(import.meta.dirname).filter(name => /^generate-.+\.mjs$/.test(name));
for (const generator of generators.sort()) {
  const args = [join(import.meta.dirname, generator), ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
