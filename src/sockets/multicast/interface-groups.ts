import { readFileSync } from 'node:fs';
import { requireLinux } from '../../io/native.js';
import {
  type InterfaceGroup,
  type InterfaceSource,
  parseIgmp,
  parseIgmp6,
  parseSourceFilters,
} from '../../wire/membership-table.js';
import type { GroupOnInterface } from './group-argument.js';

/** A group that an interface of this machine listens to, and the sources that its sockets let in or keep out. */
export interface ListenedGroup extends InterfaceGroup {
  sources: Pick<InterfaceSource, 'source' | 'including' | 'excluding'>[];
}

/** What this machine's interfaces listen to, whichever process asked for it: /proc/net/igmp, igmp6, mcfilter, mcfilter6. */
export function listGroups(): ListenedGroup[] {
  requireLinux();
  const sources = [...parseSourceFilters(4, read('mcfilter')), ...parseSourceFilters(6, read('mcfilter6'))];
  return [...parseIgmp(read('igmp')), ...parseIgmp6(read('igmp6'))].map(group => ({
    ...group,
    sources: sources
      .filter(source => source.interfaceIndex === group.interfaceIndex && source.group.equals(group.group))
      .map(({ source, including, excluding }) => ({ source, including, excluding })),
  }));
}

/** Whether an interface listens to a group, whoever asked for it. */
export function isListenedTo({ group, interfaceIndex }: GroupOnInterface): boolean {
  const groups = group.family === 4 ? parseIgmp(read('igmp')) : parseIgmp6(read('igmp6'));
  return groups.some(each => each.interfaceIndex === interfaceIndex && each.group.equals(group));
}

/** A kernel without IPv6 has none of its files. */
function read(name: string): string {
  try {
    return readFileSync(`/proc/net/${name}`, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
