import { readFileSync } from 'node:fs';
import { native } from '../../io/native.js';
import type { Permission } from '../../io/permission.js';
import { LINUX } from '../../wire/constants.generated.js';
import { ALLOWED, type Check, refused, type Verdict } from './finding.js';

/** Sockets and socket options that ping, trace and mtu are made of. */
export const SOCKET_CHECKS: readonly Check[] = [
  {
    name: 'raw-icmp',
    about: 'raw ICMP sockets: ping and trace with everything',
    attempt: () => trySocket('AF_INET', 'SOCK_RAW', 'IPPROTO_ICMP', 'CAP_NET_RAW'),
  },
  {
    name: 'raw-icmp-ipv6',
    about: 'raw ICMPv6 sockets',
    attempt: () => trySocket('AF_INET6', 'SOCK_RAW', 'IPPROTO_ICMPV6', 'CAP_NET_RAW'),
  },
  {
    name: 'ping-socket',
    about: 'ICMP datagram sockets: ping without privilege',
    attempt: () => withGroups(trySocket('AF_INET', 'SOCK_DGRAM', 'IPPROTO_ICMP', 'net.ipv4.ping_group_range')),
  },
  {
    name: 'ping-socket-ipv6',
    about: 'ICMPv6 datagram sockets (the same setting as for IPv4)',
    attempt: () => withGroups(trySocket('AF_INET6', 'SOCK_DGRAM', 'IPPROTO_ICMPV6', 'net.ipv4.ping_group_range')),
  },
  {
    name: 'mark',
    about: 'SO_MARK: choose a route or a filter rule by mark',
    attempt: () => onUdpSocket(fd => tryInteger(fd, 'SO_MARK', 1, 'CAP_NET_ADMIN')),
  },
  {
    name: 'bind-to-device',
    about: 'SO_BINDTODEVICE: send through one interface',
    attempt: () => onUdpSocket(tryBindToDevice),
  },
  {
    name: 'receive-buffer-force',
    about: 'SO_RCVBUFFORCE: receive buffers above net.core.rmem_max, for fast mass pings',
    attempt: () => onUdpSocket(fd => tryInteger(fd, 'SO_RCVBUFFORCE', 1 << 22, 'CAP_NET_ADMIN')),
  },
  {
    name: 'filter',
    about: 'SO_ATTACH_FILTER: the kernel drops what is not ours',
    attempt: () => onUdpSocket(tryFilter),
  },
];

type SocketFamily = 'AF_INET' | 'AF_INET6';
type SocketType = 'SOCK_RAW' | 'SOCK_DGRAM';
type Protocol = 'IPPROTO_ICMP' | 'IPPROTO_ICMPV6';

function trySocket(family: SocketFamily, type: SocketType, protocol: Protocol, permission: Permission): Verdict {
  const descriptor = native().socket(LINUX[family], LINUX[type], LINUX[protocol]);
  if (descriptor < 0) return refused(`socket(${family}, ${type}, ${protocol})`, descriptor, permission);
  native().close(descriptor);
  return ALLOWED;
}

/** Tells the range that is set and the group that we are: the two things that do not fit together. */
function withGroups(verdict: Verdict): Verdict {
  if (verdict.allowed || verdict.mend === null) return verdict;
  const groups = [process.getegid?.(), ...(process.getgroups?.() ?? [])].join(' ');
  const range = readSetting('/proc/sys/net/ipv4/ping_group_range');
  return { ...verdict, reason: `${verdict.reason}; it is ${range}, our groups are ${groups}` };
}

function readSetting(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim().replaceAll(/\s+/g, ' ');
  } catch {
    return 'not readable';
  }
}

/** An attempt on a UDP socket that is closed afterwards. */
export function onUdpSocket(attempt: (descriptor: number) => Verdict): Verdict {
  const descriptor = native().socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, 0);
  if (descriptor < 0) return refused('socket(AF_INET, SOCK_DGRAM)', descriptor);
  try {
    return attempt(descriptor);
  } finally {
    native().close(descriptor);
  }
}

function tryInteger(
  descriptor: number,
  name: 'SO_MARK' | 'SO_RCVBUFFORCE',
  value: number,
  permission: Permission,
): Verdict {
  const result = native().setIntegerOption(descriptor, LINUX.SOL_SOCKET, LINUX[name], value);
  return result < 0 ? refused(`setsockopt ${name}=${value}`, result, permission) : ALLOWED;
}

function tryBindToDevice(descriptor: number): Verdict {
  const name = new TextEncoder().encode('lo\0');
  const result = native().setOption(descriptor, LINUX.SOL_SOCKET, LINUX.SO_BINDTODEVICE, name);
  return result < 0 ? refused('setsockopt SO_BINDTODEVICE=lo', result, 'CAP_NET_RAW') : ALLOWED;
}

/** BPF_RET | BPF_K with 2^32 - 1 (linux/bpf_common.h): keeps every packet whole. In host order; the code is 6. */
function tryFilter(descriptor: number): Verdict {
  const program = new Uint8Array(8);
  new Uint16Array(program.buffer)[0] = 0x06;
  new Uint32Array(program.buffer)[1] = 0xffffffff;
  const result = native().setFilterOption(descriptor, LINUX.SOL_SOCKET, LINUX.SO_ATTACH_FILTER, program);
  return result < 0 ? refused('setsockopt SO_ATTACH_FILTER', result) : ALLOWED;
}
