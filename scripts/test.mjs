// `npm test`: types, lint, then every tier. Arguments are vitest's: `npm test -- test/unit/wire` runs those tests alone.
// The last line is 'N passed, N failed, N skipped'.
import { spawnSync } from 'node:child_process';
import { root } from './setup/run.mjs';
import { Tally } from './test/tally.mjs';
import { runVitest } from './test/vitest.mjs';

const tally = new Tally();

function check(name, command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  console.log(`${status === 0 ? '✓' : '✗'} ${name}`);
  if (status === 0) tally.pass();
  else tally.fail(name);
}

const args = process.argv.slice(2);
if (args.length === 0) {
  check('types', 'node_modules/.bin/tsc', ['--noEmit']);
  check('types of the examples', 'node_modules/.bin/tsc', ['-p', 'tsconfig.examples.json']);
  check('lint and format', 'node_modules/.bin/biome', ['check', '.']);
}
runVitest(args, tally);
if (tally.total === 0) tally.fail(`no test matches ${args.join(' ')}`);
tally.print();
process.exitCode = tally.failed === 0 ? 0 : 1;
