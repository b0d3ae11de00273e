import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { native } from '../../io/native.js';
import { hasCapability } from '../../io/permission.js';
import { LINUX } from '../../wire/constants.generated.js';
import { ALLOWED, type Check, refused, type Verdict } from './finding.js';
import { onUdpSocket } from './socket-checks.js';

/** What experiments need: networks of one's own, and devices that a program answers for. */
export const MACHINE_CHECKS: readonly Check[] = [
  {
    name: 'user-namespaces',
    about: 'a network laboratory without root',
    attempt: () => tryUnshare(['--user', '--map-root-user'], USER_NAMESPACES),
  },
  {
    name: 'network-namespaces',
    about: 'networks of our own (as we are, or within a user namespace)',
    attempt: tryNetworkNamespace,
  },
  { name: 'tun-device', about: 'a network interface that a program answers for', attempt: tryTun },
];

const USER_NAMESPACES = 'sudo sysctl -w user.max_user_namespaces=15000 kernel.unprivileged_userns_clone=1';

async function tryNetworkNamespace(): Promise<Verdict> {
  const asWeAre = await tryUnshare(['--net'], null);
  return asWeAre.allowed ? asWeAre : tryUnshare(['--user', '--map-root-user', '--net'], USER_NAMESPACES);
}

/** unshare(2) needs a process of one thread, which Node is not: unshare(1) is one. */
function tryUnshare(namespaces: readonly string[], mend: string | null): Promise<Verdict> {
  return new Promise(resolve => {
    execFile('unshare', [...namespaces, 'true'], { timeout: 5000 }, (error, _stdout, complaint) => {
      if (error === null) resolve(ALLOWED);
      else if (error.code === 'ENOENT') resolve({ allowed: false, reason: 'unshare(1) is not there', mend: INSTALL });
      else resolve({ allowed: false, reason: complaint.trim() || error.message, mend });
    });
  });
}

const INSTALL = 'sudo apt-get install util-linux';

async function tryTun(): Promise<Verdict> {
  try {
    await (await open('/dev/net/tun', 'r+')).close();
  } catch (error) {
    return tunRefused(error as NodeJS.ErrnoException);
  }
  // To open it is not enough: TUNSETIFF asks for the same capability as this option does (drivers/net/tun.c).
  return onUdpSocket(descriptor => {
    const result = native().setIntegerOption(descriptor, LINUX.SOL_SOCKET, LINUX.SO_RCVBUFFORCE, 4096);
    return result < 0 ? refused('TUNSETIFF', result, 'CAP_NET_ADMIN') : ALLOWED;
  });
}

function tunRefused({ code, message }: NodeJS.ErrnoException): Verdict {
  if (code === 'ENOENT') return { allowed: false, reason: message, mend: MAKE_TUN };
  if (code === 'ENODEV' || code === 'ENXIO') return { allowed: false, reason: message, mend: 'sudo modprobe tun' };
  if (code !== 'EACCES') return { allowed: false, reason: message, mend: null };
  const capability = hasCapability('CAP_NET_ADMIN') ? undefined : 'CAP_NET_ADMIN';
  return { allowed: false, reason: message, mend: 'sudo chmod 666 /dev/net/tun', capability };
}

/** Documentation/networking/tuntap.rst: character device 10, 200. */
const MAKE_TUN = 'sudo modprobe tun; sudo mkdir -p /dev/net; sudo mknod -m 666 /dev/net/tun c 10 200';
