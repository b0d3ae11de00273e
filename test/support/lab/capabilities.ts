import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { native } from '../../../src/io/native.js';
import { type Capability, hasCapability } from '../../../src/io/permission.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { ENVIRONMENT } from './command.js';
import { nobodyCanWork } from './unprivileged.js';
import { AS_NOBODY } from './users.js';

/** What a test may need of the machine: a name below, or a program. */
export type Need = keyof typeof probes | `program:${string}`;

/** Each tells why the need is not met, or undefined where it is. */
const probes = {
  namespaces: () =>
    refusal(['unshare', '--net', 'true'], 'network namespaces: needs root, or `npm test` with user namespaces'),
  nftables: () =>
    refusal(['unshare', '--net', 'nft', 'list', 'ruleset'], 'nftables: needs nft and the kernel module nf_tables'),
  tun: () =>
    refusal(
      ['unshare', '--net', 'ip', 'tuntap', 'add', 'mode', 'tun'],
      'TUN devices: needs /dev/net/tun and CAP_NET_ADMIN',
    ),
  rawSockets: () => lackOfCapability('CAP_NET_RAW', 'raw sockets'),
  /** Either kind of socket that ping can use. */
  icmpSockets: () =>
    hasCapability('CAP_NET_RAW') || opensPingSockets()
      ? undefined
      : 'sockets for ping: needs CAP_NET_RAW or net.ipv4.ping_group_range',
  networkAdministration: () => lackOfCapability('CAP_NET_ADMIN', 'network administration'),
  /** A user namespace that an ordinary user makes knows root alone: nobody can become another user there. */
  otherUsers: () => refusal([...AS_NOBODY, 'true'], 'the user nobody: needs root that can become another user'),
  projectForNobody: () =>
    nobodyCanWork() ? undefined : 'the user nobody in this folder: needs root and a folder that everybody may read',
  /** For what the kernel asks of the machine's own root (capable() in the kernel, and not ns_capable()). */
  realRoot: () =>
    process.getuid?.() === 0 && isFirstUserNamespace() ? undefined : 'root of the machine: needs npm test as root',
};

function lackOfCapability(capability: Capability, what: string): string | undefined {
  return hasCapability(capability) ? undefined : `${what}: needs ${capability}`;
}

function opensPingSockets(): boolean {
  const descriptor = native().socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, LINUX.IPPROTO_ICMP);
  if (descriptor >= 0) native().close(descriptor);
  return descriptor >= 0;
}

/** user_namespaces(7): the first namespace maps all ids, of which the last means none, to themselves. */
function isFirstUserNamespace(): boolean {
  return readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/).join(' ') === `0 0 ${2 ** 32 - 1}`;
}

function refusal(words: readonly string[], need: string): string | undefined {
  const [command = '', ...args] = words;
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env: ENVIRONMENT });
  return status === 0 ? undefined : `${need} (${error?.message ?? stderr.trim()})`;
}

function lackOfProgram(program: string): string | undefined {
  const found = (ENVIRONMENT.PATH ?? '').split(':').some(folder => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return found ? undefined : `the program ${program} is not installed`;
}

const known = new Map<Need, string | undefined>();

/** Why this machine does not meet a need, or undefined where it does. Probed once. */
export function lackOf(need: Need): string | undefined {
  if (!known.has(need)) {
    known.set(
      need,
      need.startsWith('program:')
        ? lackOfProgram(need.slice('program:'.length))
        : probes[need as keyof typeof probes](),
    );
  }
  return known.get(need);
}

/** `describe`, skipped with the reason in its name where the machine lacks something. */
export function describeNeeding(needs: Need | readonly Need[], name: string, body: () => void): void {
  const lacks = [needs].flat().flatMap(need => lackOf(need) ?? []);
  describe.skipIf(lacks.length > 0)(lacks.length > 0 ? `${name} [${lacks.join('; ')}]` : name, body);
}
