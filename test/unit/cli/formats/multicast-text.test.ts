import { expect, test } from 'vitest';
import {
  multicastGroupsText,
  multicastReceiveText,
  multicastSendText,
} from '../../../../src/cli/formats/multicast-text.js';
import type { SenderFigures } from '../../../../src/engine/multicast/sender-ledger.js';
import { IpAddress } from '../../../../src/wire/ip-address.js';

const sender: SenderFigures = {
  address: '192.0.2.1',
  port: 5001,
  received: 120,
  bytes: 12_000,
  rate: 40,
  byteRate: 4000,
  hopLimit: { min: 61, max: 62 },
  lost: 3,
  duplicates: 1,
  reordered: 2,
};

test('a sender in a line: counts, rate, hop limits, and what its numbers tell', () => {
  expect(multicastReceiveText({ type: 'report', senders: [sender], drops: 0 })).toBe(
    '192.0.2.1:5001  120 datagrams  40.0/s  0.032 Mbit/s  hop limit 61-62  3 lost, 1 twice, 2 late\n',
  );
  const unnumbered = { ...sender, hopLimit: null, lost: null, duplicates: null, reordered: null };
  expect(multicastReceiveText({ type: 'report', senders: [unnumbered], drops: 0 })).not.toMatch(/lost|hop/);
});

test('a second in which nothing came is not shown', () => {
  expect(multicastReceiveText({ type: 'report', senders: [{ ...sender, rate: 0 }], drops: 0 })).toBe('');
});

test('the summary names what this machine lost itself', () => {
  const summary = { type: 'summary' as const, received: 120, bytes: 12_000, senders: [sender], elapsed: 3000 };
  expect(multicastReceiveText({ ...summary, drops: 7 })).toMatch(/in 3\.0 s, 7 dropped by this machine\n$/);
  expect(multicastReceiveText({ ...summary, drops: 0 })).toMatch(/in 3\.0 s\n$/);
});

test('text of the machine and the network is made harmless', () => {
  const start = { type: 'start', group: '239.1.2.3', port: 1, sources: [], interfaces: ['evil\u001b[2J'] } as const;
  expect(multicastReceiveText({ ...start, sources: [], interfaces: [...start.interfaces] })).not.toContain('\u001b');
  expect(multicastSendText({ type: 'error', sequence: 1, error: '\u001b[31m', code: 'EPERM' })).not.toContain('\u001b');
});

test('IPv6 endpoints stand in brackets', () => {
  expect(multicastReceiveText({ type: 'restart', address: 'fe80::1%2', port: 5 })).toBe(
    '[fe80::1%2]:5: started anew\n',
  );
});

test('groups in a table', () => {
  const text = multicastGroupsText([
    {
      interfaceIndex: 2,
      interfaceName: 'eth0',
      group: IpAddress.parse('232.1.1.1'),
      users: 2,
      sources: [
        { source: IpAddress.parse('192.0.2.1'), including: 1, excluding: 0 },
        { source: IpAddress.parse('192.0.2.2'), including: 0, excluding: 1 },
      ],
    },
    { interfaceIndex: 1, interfaceName: 'lo', group: IpAddress.parse('ff02::1'), users: 1, sources: [] },
  ]);
  expect(text).toBe(
    'interface  group      users  sources\neth0       232.1.1.1  2      +192.0.2.1 -192.0.2.2\nlo         ff02::1    1\n',
  );
});
