import { readFileSync } from 'node:fs';
import { shellWord } from './shell-word.js';

/** A capability of capabilities(7), or a setting of the machine, that a call needs. */
export type Permission = Capability | 'net.ipv4.ping_group_range';

export type Capability = 'CAP_NET_ADMIN' | 'CAP_NET_RAW' | 'CAP_NET_BIND_SERVICE' | 'CAP_NET_BROADCAST';

/** What is missing, in words, and the command that mends it. */
export interface MissingPermission {
  missing: string;
  remedy: string;
}

/** What to tell somebody whose process lacks `permission`. */
export function missingPermission(permission: Permission): MissingPermission {
  if (permission === 'net.ipv4.ping_group_range') {
    return {
      missing: 'a group id within the sysctl net.ipv4.ping_group_range',
      remedy: "sudo sysctl -w net.ipv4.ping_group_range='0 2147483647'",
    };
  }
  return { missing: permission, remedy: grantCapabilities([permission]) };
}

/** Numbers of linux/capability.h: bits of CapEff in /proc/self/status. */
const CAPABILITY_BITS: Readonly<Record<Capability, bigint>> = {
  CAP_NET_BIND_SERVICE: 10n,
  CAP_NET_BROADCAST: 11n,
  CAP_NET_ADMIN: 12n,
  CAP_NET_RAW: 13n,
};

/** Whether this process has the capability in its own user namespace; a refusal then has another cause. */
export function hasCapability(capability: Capability): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> CAPABILITY_BITS[capability]) & 1n) === 1n;
}

/**
 * File capabilities, because they outlive the process; `readlink` because setcap(8) refuses a symbolic link. It replaces all
 * that the file has, so what this process has already is granted with the rest.
 */
export function grantCapabilities(capabilities: readonly Capability[]): string {
  const known = Object.keys(CAPABILITY_BITS) as Capability[];
  const isRoot = process.geteuid?.() === 0;
  const wanted = known.filter(name => capabilities.includes(name) || (!isRoot && hasCapability(name)));
  return `sudo setcap ${wanted.join(',').toLowerCase()}+ep "$(readlink -f ${shellWord(process.execPath)})"`;
}
