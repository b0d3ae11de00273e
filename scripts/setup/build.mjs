// What is compiled here: the addon, and the TypeScript.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { whenChanged } from './fingerprint.mjs';
import { compilerEnvironment, report, root, run } from './run.mjs';
import { requireTools } from './system-tools.mjs';

const compilers = { 'g++': 'g++', make: 'make', python3: 'python3' };

/** The addon is bound to the machine and not to a version of Node: Node-API is stable. */
export function buildAddon() {
  const inputs = ['binding.gyp', 'native'];
  const output = 'build/Release/subsocket.node';
  whenChanged({ inputs, output, stamp: 'build/.setup-stamp', extra: process.arch }, () => {
    requireTools(compilers, 'compiling the addon');
    report('compiling the addon');
    const jobs = `--jobs=${availableParallelism()}`;
    run('node_modules/.bin/node-gyp', ['configure', 'build', jobs], { env: compilerEnvironment() });
  });
}

export function buildTypeScript() {
  const compiler = 'node_modules/typescript/package.json';
  const inputs = ['tsconfig.json', 'tsconfig.build.json', 'src', 'scripts/bundle.mjs', compiler];
  whenChanged({ inputs, output: 'dist', stamp: 'dist/.setup-stamp' }, () => {
    report('compiling TypeScript');
    removeOrphans('');
    run('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json']);
    run(process.execPath, ['scripts/bundle.mjs']);
  });
}

/** Deletes what was compiled from sources that are gone: nothing may import it any more. The bundle is made anew. */
function removeOrphans(folder) {
  const compiled = join(root, 'dist', folder);
  if (!existsSync(compiled)) return;
  for (const entry of readdirSync(compiled, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeOrphans(path);
    else if (!existsSync(join(root, 'src', path.replace(/(\.d\.ts|\.js)$/, '.ts')))) rmSync(join(root, 'dist', path));
  }
}
