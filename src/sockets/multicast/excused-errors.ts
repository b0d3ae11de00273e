import { SystemCallError } from '../../io/errors.js';

/** The interface has no IP of this family: too small an MTU, or it is switched off (net/ipv6/mcast.c, ip_mc_find_dev()). */
export const CANNOT_JOIN: readonly string[] = ['ENODEV', 'EINVAL'];
export const LEFT_ALREADY: readonly string[] = ['EADDRNOTAVAIL', 'ENODEV', 'EINVAL'];

/** Whether a call does what it should; errors that are none of `excused` are thrown. */
export function succeeds(excused: readonly string[], action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof SystemCallError && excused.includes(error.code)) return false;
    throw error;
  }
}
