// npm packages: installed when the lock file and what is in node_modules differ.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilerEnvironment, report, root, run } from './run.mjs';

function packagesOf(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
}

/** npm writes what it installed to node_modules/.package-lock.json, in the form of the lock file. */
function isCurrent(folder) {
  const wanted = packagesOf(join(folder, 'package-lock.json'));
  const installed = packagesOf(join(folder, 'node_modules/.package-lock.json'));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(([name, { version, optional, link }]) => {
    if (name === '' || link === true) return true;
    return installed[name] === undefined ? optional === true : installed[name].version === version;
  });
}

/** Installs the packages of the project, or of a folder of it that has a manifest and lock file of its own. */
export function installPackages(folder = '.') {
  const path = join(root, folder);
  if (isCurrent(path)) return;
  report(folder === '.' ? 'installing packages' : `installing the packages of ${folder}/`);
  const quiet = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', ['ci', ...quiet], { cwd: path, env: compilerEnvironment() });
}
