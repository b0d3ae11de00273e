import type { SenderFigures } from '../../engine/multicast/sender-ledger.js';
import type { ListenedGroup } from '../../sockets/multicast/interface-groups.js';
import type { MulticastReceiveEvent } from '../../tools/multicast-receive.js';
import type { MulticastSendEvent } from '../../tools/multicast-send.js';
import { harmless } from '../harmless.js';

/** What `subsocket multicast recv` shows of an event: nothing for a second in which nothing came. */
export function multicastReceiveText(event: MulticastReceiveEvent): string {
  switch (event.type) {
    case 'start': {
      const from = event.sources.length > 0 ? ` from ${event.sources.join(', ')}` : '';
      return `${endpoint(event.group, event.port)}${from} on ${harmless(event.interfaces.join(', ')) || 'no interface yet'}\n`;
    }
    case 'sender': {
      const by = event.interface === null ? '' : ` on ${harmless(event.interface)}`;
      const hops = event.hopLimit === null ? '' : `, hop limit ${event.hopLimit}`;
      return `new sender ${endpoint(event.address, event.port)}${by}${hops}\n`;
    }
    case 'gap':
      return `${endpoint(event.address, event.port)}: ${event.missing} missing from ${event.from} on\n`;
    case 'restart':
      return `${endpoint(event.address, event.port)}: started anew\n`;
    case 'report':
      return event.senders
        .filter(({ rate }) => rate > 0)
        .map(senderLine)
        .join('');
    case 'summary': {
      const dropped = event.drops > 0 ? `, ${event.drops} dropped by this machine` : '';
      const total = `${event.received} datagrams, ${event.bytes} bytes in ${(event.elapsed / 1000).toFixed(1)} s${dropped}\n`;
      return `--- ${event.senders.length} senders\n${event.senders.map(senderLine).join('')}${total}`;
    }
  }
}

/** What `subsocket multicast send` shows. */
export function multicastSendText(event: MulticastSendEvent): string {
  switch (event.type) {
    case 'start':
      return `${endpoint(event.group, event.port)} from ${sourceOf(event)}, ${event.size} bytes, ${event.hops} hops\n`;
    case 'error':
      return `${event.sequence}: ${harmless(event.error)}\n`;
    case 'summary':
      return `${event.sent} sent, ${event.errors} errors in ${(event.elapsed / 1000).toFixed(1)} s\n`;
  }
}

/** The kernel sends from no address where the host has none: net/ipv4/devinet.c, inet_select_addr(). */
function sourceOf({ source }: { source: string }): string {
  return source === '0.0.0.0' ? '0.0.0.0 (this host has no address to send from)' : harmless(source);
}

/** A table of groups: interface, group, users and sources. */
export function multicastGroupsText(groups: readonly ListenedGroup[]): string {
  const rows = groups.map(({ interfaceName, group, users, sources }) => [
    harmless(interfaceName),
    group.toString(),
    String(users),
    sources.map(sourceText).join(' '),
  ]);
  const table = [['interface', 'group', 'users', 'sources'], ...rows];
  const widths = [0, 1, 2].map(column => Math.max(...table.map(row => row[column]?.length ?? 0)));
  return table
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map(line => `${line}\n`)
    .join('');
}

function sourceText({ source, including, excluding }: ListenedGroup['sources'][number]): string {
  return excluding > 0 && including === 0 ? `-${source}` : `+${source}`;
}

function senderLine(sender: SenderFigures): string {
  const { address, port, received, rate, byteRate, hopLimit, lost, duplicates, reordered } = sender;
  const hops =
    hopLimit === null
      ? ''
      : `  hop limit ${hopLimit.min === hopLimit.max ? hopLimit.min : `${hopLimit.min}-${hopLimit.max}`}`;
  const numbers = lost === null ? '' : `  ${lost} lost, ${duplicates} twice, ${reordered} late`;
  const megabits = ((byteRate * 8) / 1e6).toFixed(3);
  return `${endpoint(address, port)}  ${received} datagrams  ${rate.toFixed(1)}/s  ${megabits} Mbit/s${hops}${numbers}\n`;
}

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${harmless(address)}]:${port}` : `${address}:${port}`;
}
