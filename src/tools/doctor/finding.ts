import { native, type ResultOrErrno } from '../../io/native.js';
import { type Capability, grantCapabilities, missingPermission, type Permission } from '../../io/permission.js';
import { errnoName } from '../../wire/errno.js';

/** One thing that this process may do or not, found by trying it. */
export interface Finding {
  type: 'capability';
  /** A stable word: raw-icmp, ping-socket-ipv6, transmit-stamps, ... */
  name: string;
  /** What it is good for, in a few words. */
  about: string;
  allowed: boolean;
  /** Why not: the call that failed with its errno, and what is missing. null where it is allowed. */
  reason: string | null;
  /** The exact command that mends it; null where it is allowed, or where no command can. */
  mend: string | null;
}

/** What a check found. `mend` is a command, after which `capability` is to be granted, if one lacks. */
export type Verdict =
  | { allowed: true }
  | { allowed: false; reason: string; mend: string | null; capability?: Capability };

export const ALLOWED: Verdict = { allowed: true };

/** One thing to try. `attempt` leaves nothing behind. */
export interface Check {
  name: string;
  about: string;
  attempt(): Verdict | Promise<Verdict>;
}

/** A call that the kernel refused, and what would help if permission is what lacks. */
export function refused(call: string, result: ResultOrErrno, permission?: Permission): Verdict {
  const code = errnoName(-result) ?? `E${-result}`;
  const failed = `${call}: ${code}, ${native().errnoMessage(-result)}`;
  const isPermission = code === 'EPERM' || code === 'EACCES';
  if (permission === undefined || !isPermission) return { allowed: false, reason: failed, mend: null };
  const { missing, remedy } = missingPermission(permission);
  const reason = `${failed}; needs ${missing}`;
  if (permission === 'net.ipv4.ping_group_range') return { allowed: false, reason, mend: remedy };
  if (process.geteuid?.() !== 0) return { allowed: false, reason, mend: null, capability: permission };
  // Root without a capability is in a container: file capabilities cannot give what its bounding set lacks.
  const mend = `docker run --cap-add=${permission.replace('CAP_', '')} ...`;
  return { allowed: false, reason: `${reason}, which this container does not have`, mend };
}

/** Makes findings of verdicts, in the order in which their commands are shown. */
export class Findings {
  readonly all: Finding[] = [];
  private readonly granted = new Set<Capability>();

  add({ name, about }: Pick<Check, 'name' | 'about'>, verdict: Verdict): void {
    const why = verdict.allowed
      ? { reason: null, mend: null }
      : { reason: verdict.reason, mend: this.mend(verdict.mend, verdict.capability) };
    this.all.push({ type: 'capability', name, about, allowed: verdict.allowed, ...why });
  }

  /** Each command grants what those before it do, so that it takes nothing of them back. */
  private mend(command: string | null, capability: Capability | undefined): string | null {
    if (capability === undefined) return command;
    this.granted.add(capability);
    const grant = grantCapabilities([...this.granted]);
    return command === null ? grant : `${command} && ${grant}`;
  }
}
