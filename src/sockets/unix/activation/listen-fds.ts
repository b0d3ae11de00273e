import { requireObject } from '../../../io/argument-error.js';
import { check } from '../../../io/errors.js';
import { native } from '../../../io/native.js';
import { socketKind } from '../descriptor-kind.js';
import { boundAddress, type NamedListener } from '../named-listener.js';
import { OwnedDescriptor } from '../owned-descriptor.js';

/** sd_listen_fds(3), SD_LISTEN_FDS_START: the first descriptor that is passed. */
const FIRST_DESCRIPTOR = 3;
/** What sd_listen_fds_with_names(3) calls a socket that was given no name. */
const NO_NAME = 'unknown';

/** The variables of socket activation, and no others. */
export interface ActivationEnvironment {
  LISTEN_PID?: string | undefined;
  LISTEN_FDS?: string | undefined;
  LISTEN_FDNAMES?: string | undefined;
}

export interface ListenFdsOptions {
  /** Where to look. The variables are removed, so that children do not take them for theirs. Default: process.env. */
  environment?: ActivationEnvironment;
}

/**
 * The sockets that this process was started with, by systemd's socket activation, `systemd-socket-activate` or
 * `subsocket listen`: with names, closed on exec, in the order of the configuration. None where there are none, or they were
 * meant for another process (LISTEN_PID). A second call gives none.
 * @throws SystemCallError EBADF where the environment promises descriptors that are not open.
 */
export function listenFds(options: ListenFdsOptions = {}): NamedListener[] {
  const { environment = process.env } = requireObject('options', options);
  requireObject('environment', environment);
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES } = environment;
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES'] as const) delete environment[name];
  if (LISTEN_PID === undefined || LISTEN_FDS === undefined || Number(LISTEN_PID) !== process.pid) return [];
  const count = /^\d{1,6}$/.test(LISTEN_FDS) ? Number(LISTEN_FDS) : 0;
  const names = LISTEN_FDNAMES?.split(':') ?? [];
  const numbers = Array.from({ length: count }, (_, index) => FIRST_DESCRIPTOR + index);
  // All or none: an environment that promises too much must not have this process's own descriptors owned, and closed.
  for (const number of numbers) check(native().setCloseOnExec(number, true), 'fcntl', { descriptor: number });
  return numbers.map((number, index) => {
    const descriptor = OwnedDescriptor.adopt(number);
    return { name: names[index] || NO_NAME, address: boundAddress(descriptor.fd), descriptor };
  });
}

/**
 * The socket that is this process's standard input, as inetd(8) and systemd's StandardInput=socket give it: a listening one
 * ("wait"), or a connection ("nowait", Accept=yes). Undefined where standard input is no socket. It is a duplicate: standard
 * input stays open, and names the same socket.
 */
export function inetdSocket(): NamedListener | undefined {
  if (socketKind(0) === undefined) return undefined;
  const descriptor = new OwnedDescriptor(check(native().duplicate(0), 'fcntl', { descriptor: 0 }));
  return { name: 'stdin', address: boundAddress(descriptor.fd), descriptor };
}
