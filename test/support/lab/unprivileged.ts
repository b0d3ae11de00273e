import { spawnSync } from 'node:child_process';
import { mapsAllUsers } from './capabilities.js';
import { ENVIRONMENT } from './command.js';

/** nobody, and its group: the kernel's overflow ids, which own nothing. */
const NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups'];
const NO_CAPABILITIES = ['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all'];
const AS_NOBODY = ['setpriv', ...NOBODY, ...NO_CAPABILITIES, '--no-new-privs'];
const AS_POWERLESS_ROOT = ['setpriv', ...NO_CAPABILITIES, '--no-new-privs'];

let chosen: string[] | undefined;

/**
 * The words before a command that take every privilege from it: it runs as nobody; or, where nobody cannot run Node or
 * read this project (in somebody's home, in a user namespace), as a root without any capability.
 */
export function unprivilegedWords(): string[] {
  chosen ??= mapsAllUsers() && nobodyCanWork() ? AS_NOBODY : AS_POWERLESS_ROOT;
  return chosen;
}

/** The group that `unprivilegedWords` gives: what net.ipv4.ping_group_range must hold for it. */
export function unprivilegedGroup(): number {
  return unprivilegedWords() === AS_NOBODY ? 65534 : 0;
}

function nobodyCanWork(): boolean {
  const [command = '', ...args] = AS_NOBODY;
  const script = 'require("fs").readFileSync("package.json"); require("./node_modules/bindings/package.json")';
  return spawnSync(command, [...args, process.execPath, '-e', script], { env: ENVIRONMENT }).status === 0;
}
