import { spawnSync } from 'node:child_process';
import { ENVIRONMENT } from './command.js';
import { AS_NOBODY, NOBODY } from './users.js';

const NO_CAPABILITIES = ['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all', '--no-new-privs'];
const AS_POWERLESS_NOBODY = [...AS_NOBODY, ...NO_CAPABILITIES];
const AS_POWERLESS_ROOT = ['setpriv', ...NO_CAPABILITIES];

let chosen: string[] | undefined;

/**
 * The words before a command that take every privilege from it: it runs as nobody; or, where nobody cannot run Node or
 * read this project (in somebody's home, in a user namespace), as a root without any capability.
 */
export function unprivilegedWords(): string[] {
  chosen ??= nobodyCanWork() ? AS_POWERLESS_NOBODY : AS_POWERLESS_ROOT;
  return chosen;
}

/** The group that `unprivilegedWords` gives: what net.ipv4.ping_group_range must hold for it. */
export function unprivilegedGroup(): number {
  return unprivilegedWords() === AS_POWERLESS_NOBODY ? NOBODY : 0;
}

/** Whether nobody exists here, can run Node and can read this project. */
export function nobodyCanWork(): boolean {
  const [command = '', ...args] = AS_POWERLESS_NOBODY;
  const script = 'require("fs").readFileSync("package.json"); require("./node_modules/bindings/package.json")';
  return spawnSync(command, [...args, process.execPath, '-e', script], { env: ENVIRONMENT }).status === 0;
}
