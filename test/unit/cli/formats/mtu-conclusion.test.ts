import { expect, test } from 'vitest';
import { anomalyLine, conclusion } from '../../../../src/cli/formats/mtu-conclusion.js';
import type { PathMtuResult } from '../../../../src/tools/mtu-session.js';

const result = (facts: Partial<PathMtuResult>): PathMtuResult => ({
  type: 'result',
  target: 'a.example',
  address: '198.51.100.7',
  protocol: 'icmp',
  protocols: ['icmp'],
  pathMtu: 1500,
  lowerBound: 1500,
  upperBound: 1500,
  min: 68,
  method: 'searched',
  blackHole: false,
  limits: [],
  tcpMss: 1460,
  anomalies: [],
  probes: 3,
  elapsed: 1,
  interfaceMtu: 1500,
  kernelMtu: 1500,
  sockets: 'raw',
  ...facts,
});

test('a black hole: where it is, and what to do', () => {
  const limits = [{ mtu: 1300, address: '10.1.0.4', ttl: 4, evidence: 'silent' as const }];
  expect(conclusion(result({ pathMtu: 1300, tcpMss: 1260, limits }))).toBe(
    'MTU 1300; something at or after hop 4 (10.1.0.4) drops larger packets silently; clamp MSS to 1260',
  );
});

test('a reported limit: who reports it', () => {
  const limits = [{ mtu: 1400, address: '10.0.2.1', ttl: 2, evidence: 'reported' as const }];
  expect(conclusion(result({ pathMtu: 1400, tcpMss: 1360, limits }))).toBe(
    'MTU 1400; hop 2 (10.0.2.1) reports it; clamp MSS to 1360',
  );
});

test('no limit but the interface', () => {
  expect(conclusion(result({}))).toBe('MTU 1500; all that the interface sends gets through');
});

test('ended before: what was known by then, and no advice', () => {
  const early = { pathMtu: null, stopped: true as const, upperBound: 1500 };
  const start = 'MTU unknown: the search was ended before it was found';
  expect(conclusion(result({ ...early, protocol: null, probes: 2 }))).toBe(
    `${start}; a.example had answered none of 2 packets`,
  );
  expect(conclusion(result({ ...early, lowerBound: 1280, upperBound: 1399 }))).toBe(
    `${start}; 1280 bytes get through; more than 1399 do not`,
  );
});

test('one packet is one', () => {
  expect(conclusion(result({ pathMtu: null, protocol: null, probes: 1 }))).toContain('answered none of 1 packet;');
});

test('a kernel that believes less', () => {
  expect(conclusion(result({ kernelMtu: 1280 }))).toMatch(/kernel believes 1280/);
});

test('nothing was answered: what is known', () => {
  const limits = [{ mtu: 1400, address: '10.0.2.1', ttl: 2, evidence: 'reported' as const }];
  const unknown = result({ pathMtu: null, protocol: null, upperBound: 1400, probes: 12, limits });
  expect(conclusion(unknown)).toBe(
    'MTU unknown: a.example answered none of 12 packets; packets of more than 1400 bytes do not get there; try --protocol tcp',
  );
});

test('nothing was answered, and somebody on the way says that nothing gets there', () => {
  const refusedBy = { address: '10.0.2.1', error: 'port-unreachable' };
  expect(conclusion(result({ pathMtu: null, protocol: null, probes: 12, refusedBy }))).toMatch(
    /^MTU unknown: a\.example answered none of 12 packets; 10\.0\.2\.1 refuses them: port-unreachable/,
  );
});

const below = { pathMtu: null, lowerBound: 68, upperBound: 1249, min: 1250 };

test('not even the least that was asked for gets through: the limit is not said to be what does', () => {
  const limits = [{ mtu: 1249, address: '10.1.0.4', ttl: 4, evidence: 'silent' as const }];
  expect(conclusion(result({ ...below, limits }))).toBe(
    'MTU unknown: it is below 1250, the least that was asked for; something at or after hop 4 (10.1.0.4) drops larger packets silently; 68 bytes get through',
  );
});

test('less than was asked for is reported', () => {
  const limits = [{ mtu: 1200, address: '10.1.0.4', ttl: 4, evidence: 'reported' as const }];
  expect(conclusion(result({ ...below, limits }))).toMatch(/; hop 4 \(10\.1\.0\.4\) reports 1200; 68 bytes/);
});

test('a hint is only given where it can be followed, and was not', () => {
  const silent = { pathMtu: null, protocol: null };
  expect(conclusion(result({ ...silent, protocols: ['icmp', 'udp', 'tcp'] }))).toMatch(
    /; try --protocol tcp and -p with a port that it answers$/,
  );
  expect(conclusion(result({ ...silent, sockets: 'unprivileged' }))).toMatch(
    /; try --protocol tcp and -p with a port that accepts connections, and is sent empty lines$/,
  );
});

test('a liar is named', () => {
  expect(anomalyLine({ kind: 'absurd', from: '10.0.2.1', reported: 0, count: 2 })).toBe(
    '10.0.2.1 reported an absurd MTU (MTU 0), 2 times: not believed',
  );
});
