// Makes a clone ready to run: packages, the addon, the TypeScript; with --test and --bench also what those need. Runs
// before `npm start` and `npm test`, does only what has changed, and says nothing where nothing has.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAddon, buildTypeScript } from './setup/build.mjs';
import { installPackages } from './setup/packages.mjs';
import { root, SetupError } from './setup/run.mjs';
import { benchTools, requireTools, testTools, wishForTools } from './setup/system-tools.mjs';

function checkPlatform() {
  if (process.platform !== 'linux') throw new SetupError(`subsocket works on Linux only; this is ${process.platform}`);
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [oldest, here] = [engines.node.replace('>=', ''), process.versions.node];
  const [oldestMajor, oldestMinor] = oldest.split('.').map(Number);
  const [major, minor] = here.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new SetupError(`subsocket needs Node ${oldest} or newer; this is ${here}`);
}

function setUp(purposes) {
  checkPlatform();
  if (purposes.has('--test')) wishForTools(testTools);
  if (purposes.has('--bench')) requireTools(benchTools, 'the bench');
  installPackages();
  buildAddon();
  buildTypeScript();
  if (purposes.has('--bench') && existsSync(join(root, 'bench/package-lock.json'))) installPackages('bench');
}

try {
  setUp(new Set(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
