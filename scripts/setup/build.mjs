// What is compiled here: the addon, and the TypeScript.
import { existsSync, renameSync, rmSync } from 'node:fs';
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
    const fresh = `build/dist-${process.pid}`;
    try {
      run('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json', '--outDir', fresh]);
      run(process.execPath, ['scripts/bundle.mjs', fresh]);
      replaceFolder('dist', fresh);
    } finally {
      rmSync(join(root, fresh), { recursive: true, force: true });
    }
  });
}

/**
 * Puts a folder in the place of another at once: nobody sees it half written, and nothing stays of sources that are gone.
 */
function replaceFolder(name, fresh) {
  const [target, old] = [join(root, name), join(root, `${fresh}-old`)];
  if (existsSync(target)) renameSync(target, old);
  renameSync(join(root, fresh), target);
  rmSync(old, { recursive: true, force: true });
}
