// Runs a program quietly: what it says is shown only where it fails. Set-up code uses nothing but Node itself.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

export const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');

/** What set-up cannot do by itself: told in one piece, without a stack. */
export class SetupError extends Error {}

/** One line of progress, on standard error so that the output of `npm start` stays the command's own. */
export function report(line) {
  process.stderr.write(`subsocket: ${line}\n`);
}

/** @throws SetupError with the program's output, web addresses masked, where it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
    env: { ...process.env, ...options.env },
  });
  if (result.status === 0) return result.stdout;
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`.trimEnd().replace(/https?:\/\/\S+/g, '(address)');
  const end = result.error?.message ?? `ended with ${result.signal ?? `status ${result.status}`}`;
  throw new SetupError(`${output}\n${[command, ...args].join(' ')}: ${end}`.trimStart());
}

/** The folders of PATH, and those of system programs that an ordinary user's PATH may lack. */
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];

export function isInstalled(command) {
  return folders.some(folder => existsSync(join(folder, command)));
}

/**
 * Environment for node-gyp and for packages that compile: the headers that lie beside this Node, so that none are
 * downloaded. Without them node-gyp gets its own.
 */
export function compilerEnvironment() {
  const prefix = dirname(dirname(process.execPath));
  if (process.env.npm_config_nodedir !== undefined) return {};
  return existsSync(join(prefix, 'include/node/node_api.h')) ? { npm_config_nodedir: prefix } : {};
}
