import type { MtuAnomaly, MtuLimit } from '../../engine/mtu/mtu-event.js';
import type { PathMtuResult } from '../../tools/mtu-session.js';

/** One line that a person can act on: `MTU 1400; hop 4 (10.0.3.2) reports it; clamp MSS to 1360`. */
export function conclusion(result: PathMtuResult): string {
  const { pathMtu, limits, interfaceMtu, kernelMtu } = result;
  if (pathMtu === null) return unknown(result);
  const limit = limits.find(({ mtu }) => mtu === pathMtu);
  const hole = limits.find(({ evidence, mtu }) => evidence === 'silent' && mtu > pathMtu);
  const parts = [
    `MTU ${pathMtu}`,
    limit === undefined ? unlimited(result) : cause(limit),
    ...(hole === undefined ? [] : [`of more than ${hole.mtu} bytes, ${cause(hole)}`]),
    ...(result.roundTripMtu === undefined ? [] : [`back come at most ${result.roundTripMtu}`]),
    ...(limit?.evidence === 'local' && kernelMtu === pathMtu
      ? ['so its kernel believes, by its routes or its cache']
      : []),
    ...(kernelMtu < pathMtu ? [`this host's kernel believes ${kernelMtu}, by its routes or its cache`] : []),
    ...(pathMtu < interfaceMtu && limit !== undefined ? [`clamp MSS to ${result.tcpMss}`] : []),
  ];
  return parts.join('; ');
}

function cause({ ttl, address, evidence }: MtuLimit): string {
  switch (evidence) {
    case 'reported':
      if (address === null) return "a router has reported it to this host's kernel";
      return ttl === null ? `${address} reports it` : `hop ${ttl} (${address}) reports it`;
    case 'nonsense':
      return `${place(ttl, address)} drops larger packets and reports nonsense`;
    case 'local':
      return 'this host sends nothing larger that way';
    case 'silent':
      return `something ${silentPlace(ttl, address)} drops larger packets silently`;
  }
}

function place(ttl: number | null, address: string | null): string {
  return ttl === null ? String(address) : `hop ${ttl} (${address})`;
}

function silentPlace(ttl: number | null, address: string | null): string {
  if (ttl === 0) return 'before hop 1, or that hop,';
  return address === null ? 'on the path' : `at or after ${place(ttl, address)}`;
}

function unlimited({ pathMtu, interfaceMtu, offeredMss, tcpMss, sockets }: PathMtuResult): string {
  if (sockets === 'unprivileged' && offeredMss !== undefined && offeredMss === tcpMss) {
    return 'the target takes no larger segments of TCP, so larger packets were not tried';
  }
  return pathMtu === interfaceMtu ? 'all that the interface sends gets through' : 'larger packets were not tried';
}

function unknown(result: PathMtuResult): string {
  const { protocol, lowerBound, upperBound, min, target, probes, refusal, refusedBy, stopped } = result;
  if (probes === 0 && refusal !== undefined) return `MTU unknown: this host refuses to send to ${target}: ${refusal}`;
  if (stopped) return ended(result);
  if (protocol === null) return unanswered(result);
  if (upperBound < min) return belowLeast(result);
  if (refusedBy !== undefined) {
    const { address, error } = refusedBy;
    return `MTU unknown: ${lowerBound} bytes get through, but ${address} refuses others: ${error}; ${untried(result)}`;
  }
  return `MTU unknown: ${lowerBound} bytes get through, more than ${upperBound} do not`;
}

function ended({ protocol, lowerBound, upperBound, interfaceMtu, target, probes }: PathMtuResult): string {
  const parts = [
    'MTU unknown: the search was ended before it was found',
    protocol === null ? `${target} had answered none of ${packets(probes)}` : `${lowerBound} bytes get through`,
    ...(upperBound < interfaceMtu ? [`more than ${upperBound} do not`] : []),
  ];
  return parts.join('; ');
}

function belowLeast({ min, limits, lowerBound }: PathMtuResult): string {
  const narrowest = limits.at(-1);
  const parts = [
    `MTU unknown: it is below ${min}, the least that was asked for`,
    ...(narrowest === undefined ? [] : [causeBelow(narrowest)]),
    ...(lowerBound === 0 ? [] : [`${lowerBound} bytes get through`]),
  ];
  return parts.join('; ');
}

function causeBelow(limit: MtuLimit): string {
  const { ttl, address, mtu, evidence } = limit;
  return evidence === 'reported' ? `${place(ttl, address)} reports ${mtu}` : cause(limit);
}

function unanswered(result: PathMtuResult): string {
  const { upperBound, target, limits, probes, refusedBy } = result;
  const parts = [
    `MTU unknown: ${target} answered none of ${packets(probes)}`,
    ...(refusedBy === undefined ? [] : [`${refusedBy.address} refuses them: ${refusedBy.error}`]),
    ...(limits.length === 0 ? [] : [`packets of more than ${upperBound} bytes do not get there`]),
    untried(result),
  ];
  return parts.join('; ');
}

function packets(count: number): string {
  return count === 1 ? '1 packet' : `${count} packets`;
}

/** What may be answered where nothing was. */
function untried({ protocols, sockets }: PathMtuResult): string {
  if (sockets === 'unprivileged') {
    const where = '-p with a port that accepts connections';
    return protocols.includes('tcp') ? `try ${where}` : `try --protocol tcp and ${where}, and is sent empty lines`;
  }
  return protocols.includes('tcp') ? 'try --protocol tcp and -p with a port that it answers' : 'try --protocol tcp';
}

const WORDS: Readonly<Record<MtuAnomaly['kind'], string>> = {
  absurd: 'an absurd MTU',
  understated: 'an MTU below what gets through',
  forged: 'as too big what the target received',
  mismatched: 'as too big what was never sent',
  inconsistent: '',
  'below-minimum': '',
};

/** An anomaly in a person's words. */
export function anomalyLine({ kind, from, reported, count }: MtuAnomaly): string {
  if (kind === 'inconsistent') return 'some sizes get through on one path and not on another, or the path changes';
  if (kind === 'below-minimum') return 'IPv6 packets of 1280 bytes do not get through, which every link must take';
  const times = count === 1 ? 'once' : `${count} times`;
  return `${from} reported ${WORDS[kind]} (MTU ${reported}), ${times}: not believed`;
}
