import { type Check, type Finding, Findings } from './doctor/finding.js';
import { MACHINE_CHECKS } from './doctor/machine-checks.js';
import { SOCKET_CHECKS } from './doctor/socket-checks.js';
import { STAMP_CHECKS } from './doctor/stamp-checks.js';

export type { Finding } from './doctor/finding.js';

const CHECKS: readonly Check[] = [...SOCKET_CHECKS, ...STAMP_CHECKS, ...MACHINE_CHECKS];

/**
 * What this process may do, found by doing it: every socket is really opened, every option really set, every stamp
 * really received; packets go to loopback only, and nothing is left behind. Each refusal has its reason and, where
 * there is one, the exact command that mends it.
 */
export async function doctor(): Promise<Finding[]> {
  const findings = new Findings();
  for (const check of CHECKS) findings.add(check, await check.attempt());
  return findings.all;
}

/** Whether `ping` works with such findings: over a raw socket, or one for unprivileged users. */
export function canPing(findings: readonly Finding[]): boolean {
  return findings.some(({ name, allowed }) => allowed && (name === 'raw-icmp' || name === 'ping-socket'));
}
