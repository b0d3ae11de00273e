import { harmless } from '../harmless.js';

/** What to do about an errno with which a host refuses to send: ip(7), send(2). */
const ADVICE: Readonly<Record<string, string>> = {
  EPERM: 'a packet filter of this host drops them; `nft list ruleset` shows its rules',
  EACCES: 'a route of this host prohibits it; see `ip route get`',
  ENETUNREACH: 'this host has no route there; see `ip route get`',
  EHOSTUNREACH: 'this host has no route there, or nobody on the link has the address; see `ip route get`',
  EMSGSIZE: 'they are longer than the interface takes: ask for a shorter packet length',
  ENETDOWN: 'the interface is down; see `ip link`',
  EADDRNOTAVAIL: 'the source address is none of this host',
};

/**
 * One line for a trace of which this host let no probe leave.
 * @param errnoText strerror(3) of an errno's name
 */
export function refusalText(target: string, code: string, errnoText: (code: string) => string): string {
  const advice = ADVICE[code] === undefined ? '' : `: ${ADVICE[code]}`;
  return `this host refuses to send probes to ${harmless(target)} (${code}, ${errnoText(code)})${advice}`;
}
