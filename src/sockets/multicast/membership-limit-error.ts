import { readFileSync } from 'node:fs';
import { type SystemCallDetails, SystemCallError } from '../../io/errors.js';
import type { Family } from '../../wire/ip-address.js';

/** A setting of the machine that limits memberships: sysctl(8). */
export type MembershipSysctl =
  | 'net.ipv4.igmp_max_memberships'
  | 'net.ipv4.igmp_max_msf'
  | 'net.ipv6.mld_max_msf'
  | 'net.core.optmem_max';

/** A socket may have no more groups, or a group no more sources, until a setting of the machine is raised. */
export class MembershipLimitError extends SystemCallError {
  override readonly name = 'MembershipLimitError';
  readonly sysctl: MembershipSysctl;
  /** What it is set to; undefined where it cannot be read. */
  readonly limit: number | undefined;

  constructor(errno: number, syscall: string, sysctl: MembershipSysctl, details: SystemCallDetails) {
    const limit = readSysctl(sysctl);
    const now = limit === undefined ? '' : `, which is ${limit}`;
    super(errno, syscall, {
      ...details,
      advice: `the limit is the sysctl ${sysctl}${now}; to raise it: sudo sysctl -w ${sysctl}=NUMBER`,
    });
    this.sysctl = sysctl;
    this.limit = limit;
  }
}

/** Which setting limits the number of groups, or of a group's sources: net/ipv4/igmp.c, net/ipv6/mcast.c. */
export function limitOf(family: Family, what: 'groups' | 'sources'): MembershipSysctl {
  if (what === 'sources') return family === 4 ? 'net.ipv4.igmp_max_msf' : 'net.ipv6.mld_max_msf';
  return family === 4 ? 'net.ipv4.igmp_max_memberships' : 'net.core.optmem_max';
}

/** A sysctl's number; undefined where this machine has or shows none. */
export function readSysctl(name: MembershipSysctl): number | undefined {
  try {
    return Number(readFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8'));
  } catch {
    return undefined;
  }
}
