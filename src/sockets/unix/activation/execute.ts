import fs from 'node:fs';
import { delimiter, join } from 'node:path';
import { ArgumentError, requireArray, requireObject } from '../../../io/argument-error.js';
import { requireDescriptor } from '../../../io/descriptor.js';
import { check, SystemCallError } from '../../../io/errors.js';
import { native } from '../../../io/native.js';
import { type Identity, resolveIdentity } from './privileges.js';

/** A listening socket and the name under which the program is to find it. */
export interface PassedListener {
  name: string;
  descriptor: number;
}

export interface ExecuteOptions extends Identity {
  /** Of the program. Default: this process's. */
  environment?: NodeJS.ProcessEnv;
}

/**
 * Becomes another program, which finds the sockets as sd_listen_fds(3) says: descriptors from 3 on, LISTEN_FDS, LISTEN_PID and
 * LISTEN_FDNAMES. The process id stays. Standard input, output and error go along, every other descriptor is closed.
 * @returns never, where it succeeds. Where it throws, this process is as it was, with its user and its descriptors.
 * @throws ArgumentError where there is no such program, user or group, or a text has a NUL; SystemCallError EBADF for a
 * listener that is not open, EPERM where the user may not be changed, ENOEXEC or the like where the program cannot be run.
 */
export function executeWithListeners(
  command: string,
  args: readonly string[],
  listeners: readonly PassedListener[],
  options: ExecuteOptions = {},
): never {
  requireArray('listeners', listeners);
  for (const listener of listeners)
    requirePassable(requireObject('listeners', listener, 'objects with { name, descriptor }'));
  const { environment: given = process.env } = requireObject('options', options);
  requireObject('environment', given);
  requireArray('args', args);
  const words = [requireText('command', command), ...args.map(text => requireText('args', text))];
  const environment = { ...given, ...activation(listeners) };
  const path = findProgram(command, environment.PATH ?? '');
  const variables = variablesOf(environment);
  const identity = resolveIdentity(options);
  const descriptors = Int32Array.from(listeners, ({ descriptor }) => descriptor);
  const { call, result } = native().execute(path, words, variables, descriptors, identity);
  throw new SystemCallError(result, call, { object: path, advice: adviceOn(call, options) });
}

/** The calls that change the identity are named after what they set. */
function adviceOn(call: string, { user, group }: Identity): string | undefined {
  const who = [user, group].filter(name => name !== undefined).join(' and group ');
  if (who === '') return undefined;
  return call.startsWith('set')
    ? 'to run as somebody else needs root, or CAP_SETUID and CAP_SETGID'
    : `it was to run as ${who}`;
}

function activation(listeners: readonly PassedListener[]): Record<string, string> {
  return {
    LISTEN_PID: String(process.pid),
    LISTEN_FDS: String(listeners.length),
    LISTEN_FDNAMES: listeners.map(({ name }) => name).join(':'),
  };
}

/** @throws ArgumentError for a name, DescriptorError for a number that cannot be; SystemCallError EBADF where it is not open. */
function requirePassable({ name, descriptor }: PassedListener): void {
  requireName(name);
  // The program gets copies, without this flag.
  check(native().setCloseOnExec(requireDescriptor(descriptor), true), 'fcntl', { descriptor });
}

/** A variable that is undefined is none. */
function variablesOf(environment: NodeJS.ProcessEnv): string[] {
  const given = Object.entries(environment).filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => requireText('environment', `${name}=${value}`));
}

/** execve(2) ends a text at its first NUL. */
function requireText(argument: string, text: string): string {
  if (typeof text === 'string' && !text.includes('\0')) return text;
  throw new ArgumentError(argument, text, 'text without NUL');
}

/** What FileDescriptorName= of systemd.socket(5) takes. */
function requireName(name: string): void {
  if (typeof name === 'string' && /^[\x21-\x39\x3b-\x7e]{1,255}$/.test(name)) return;
  throw new ArgumentError('name', name, '1 to 255 printable characters of ASCII, none of them a colon or a space');
}

/** As execvp(3) looks for it. */
function findProgram(command: string, path: string): string {
  const candidates = command.includes('/') ? [command] : path.split(delimiter).map(folder => join(folder, command));
  const found = candidates.find(isProgram);
  if (found !== undefined) return found;
  throw new ArgumentError('command', command, 'a program that is there and may be run');
}

function isProgram(path: string): boolean {
  try {
    fs.accessSync(path, fs.constants.X_OK);
    return fs.statSync(path).isFile();
  } catch {
    return false;
  }
}
