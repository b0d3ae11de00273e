import { type Family, IpAddress } from './ip-address.js';

/** A group that an interface listens to, for every socket and for the kernel itself: a line of /proc/net/igmp or igmp6. */
export interface InterfaceGroup {
  interfaceIndex: number;
  interfaceName: string;
  group: IpAddress;
  /** How many sockets, and the kernel itself, hold the group. */
  users: number;
  /** The Internet Group Management Protocol's version that the interface speaks: `V3`. IPv4 only. */
  querier?: string;
}

/** How many sockets let a source of a group in, or keep it out: a line of /proc/net/mcfilter or mcfilter6. */
export interface InterfaceSource {
  interfaceIndex: number;
  interfaceName: string;
  group: IpAddress;
  source: IpAddress;
  /** Sockets that include it. */
  including: number;
  /** Sockets that exclude it. */
  excluding: number;
}

/** The text of /proc/net/igmp: net/ipv4/igmp.c, igmp_mc_seq_show(). A line for an interface, then one for each group. */
export function parseIgmp(text: string): InterfaceGroup[] {
  const groups: InterfaceGroup[] = [];
  let device: { interfaceIndex: number; interfaceName: string; querier: string } | undefined;
  for (const line of text.split('\n').slice(1)) {
    const interfaceLine = /^(\d+)\s+(\S+)\s*:\s*\d+\s+(\S+)/.exec(line);
    if (interfaceLine !== null) {
      const [, index, interfaceName = '', querier = ''] = interfaceLine;
      device = { interfaceIndex: Number(index), interfaceName, querier };
      continue;
    }
    const [, group, users] = /^\s+([0-9A-F]{8})\s+(\d+)/.exec(line) ?? [];
    if (device === undefined || group === undefined) continue;
    groups.push({ ...device, group: addressInHostOrder(group), users: Number(users) });
  }
  return groups;
}

/** The text of /proc/net/igmp6: net/ipv6/mcast.c, igmp6_mc_seq_show(). */
export function parseIgmp6(text: string): InterfaceGroup[] {
  return text.split('\n').flatMap(line => {
    const [, index, interfaceName, group, users] = /^(\d+)\s+(\S+)\s+([0-9a-f]{32})\s+(\d+)/.exec(line) ?? [];
    if (interfaceName === undefined || group === undefined) return [];
    return [{ interfaceIndex: Number(index), interfaceName, group: address(6, group), users: Number(users) }];
  });
}

const SOURCE_LINES: Readonly<Record<Family, RegExp>> = {
  4: /^\s*(\d+)\s+(\S+)\s+0x([0-9a-f]{8})\s+0x([0-9a-f]{8})\s+(\d+)\s+(\d+)/,
  6: /^\s*(\d+)\s+(\S+)\s+([0-9a-f]{32})\s+([0-9a-f]{32})\s+(\d+)\s+(\d+)/,
};

/** The text of /proc/net/mcfilter or mcfilter6: igmp_mcf_seq_show() and igmp6_mcf_seq_show(). */
export function parseSourceFilters(family: Family, text: string): InterfaceSource[] {
  return text.split('\n').flatMap(line => {
    const [, index, interfaceName, group, source, including, excluding] = SOURCE_LINES[family].exec(line) ?? [];
    if (interfaceName === undefined || group === undefined || source === undefined) return [];
    return [
      {
        interfaceIndex: Number(index),
        interfaceName,
        group: address(family, group),
        source: address(family, source),
        including: Number(including),
        excluding: Number(excluding),
      },
    ];
  });
}

function address(family: Family, hexadecimal: string): IpAddress {
  return IpAddress.fromValue(family, BigInt(`0x${hexadecimal}`));
}

/** /proc/net/igmp prints the network's bytes as a number of the host: 010000E0 is 224.0.0.1. */
function addressInHostOrder(hexadecimal: string): IpAddress {
  return address(4, hexadecimal.replace(/(..)(..)(..)(..)/, '$4$3$2$1'));
}
