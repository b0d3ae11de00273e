import type { LINUX } from '../wire/constants.generated.js';
import type { Codec } from './codec.js';

/** The protocol level of an option, by the name of its constant. */
export type OptionLevel = Extract<keyof typeof LINUX, `SOL_${string}` | `IPPROTO_${string}` | 'AF_VSOCK'>;

/** What can be done with an option: read, write, or both. */
export type OptionAccess = 'r' | 'w' | 'rw';

/** The kinds of socket that have an option. `ip` is any socket of AF_INET, `ip6` of AF_INET6. */
export type SocketKind =
  | 'any'
  | 'tcp'
  | 'udp'
  | 'udplite'
  | 'icmp'
  | 'raw'
  | 'ip'
  | 'ip6'
  | 'icmp6'
  | 'raw6'
  | 'unix'
  | 'packet'
  | 'netlink'
  | 'mptcp'
  | 'tls'
  | 'vsock';

/** What a number counts. `ms` may have a fraction where the kernel's own unit is finer. */
export type OptionUnit = 'ms' | 'bytes' | 'bytes/s' | 'packets' | 'hops' | 'segments' | 'percent';

/** One row of the table: an option as its module declares it. Name and number come from the key it stands under. */
export interface OptionDeclaration<Read, Write, Access extends OptionAccess> {
  readonly level: OptionLevel;
  /** The level for a value that is of another level than `level`: a multicast group of IPv6. */
  levelFor?(value: NoInfer<Write>): OptionLevel;
  readonly codec: Codec<Read, Write>;
  readonly unit?: OptionUnit;
  /** The least and greatest value, where that is narrower than what the codec can hold. */
  readonly range?: readonly [number, number];
  /** The least and greatest of numbers within the range that the kernel refuses all the same. Default: none. */
  readonly gap?: readonly [number, number];
  /** The kinds of socket that have it; tests use the first. */
  readonly on: readonly SocketKind[];
  readonly access: Access;
  /** A value that is not the default and that any kernel takes, for the test that sets it and reads it back. */
  readonly sample?: Write;
  /** What reading gives after `sample` was set, where that is something else. */
  readonly reads?: Read;
  /** What reading it does besides, in words; `getOptions` leaves such an option out: it clears the pending error. */
  readonly consumes?: string;
  /** The kernel's release that brought it: `Linux 2.6.37`. */
  readonly since: string;
  /** The capability that setting it needs: always, or as `capabilityWhen` says. */
  readonly capability?: 'CAP_NET_ADMIN' | 'CAP_NET_RAW' | 'CAP_NET_BROADCAST';
  /** Another capability that serves as well, and since which kernel: `CAP_NET_RAW (Linux 5.17)`. Default: none. */
  readonly capabilityOr?: string;
  /** When the capability is needed, in words that follow it: `above 6`. Default: always. */
  readonly capabilityWhen?: string;
  /** Where it is documented: a manual page, `tcp(7)`, or a file of the kernel's source. */
  readonly manual: string;
  /** What it does, in a sentence. */
  readonly about: string;
}

/** Declares one option. The type of its value is the codec's. */
export function option<Read, Write, Access extends OptionAccess>(
  declaration: OptionDeclaration<Read, Write, Access>,
): OptionDeclaration<Read, Write, Access> {
  return declaration;
}
