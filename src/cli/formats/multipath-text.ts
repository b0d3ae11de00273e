import type { MultipathGraph, MultipathNode, TraceAnswer, TraceHop } from '../../engine/trace/trace-event.js';
import { harmless } from '../harmless.js';

export interface MultipathTextSettings {
  numeric: boolean;
}

/**
 * The paths as text: hop by hop, each interface with the hops before it that lead there, its fastest answer and its share
 * of the flows; in a diamond, with a bracket.
 */
export function multipathText(
  graph: MultipathGraph,
  hops: readonly TraceHop[],
  { numeric }: MultipathTextSettings,
): string[] {
  const answers = answersByPlace(hops);
  const last = Math.max(0, ...graph.nodes.map(({ ttl }) => ttl));
  const lines: string[] = [];
  for (let ttl = 1; ttl <= last; ttl++) {
    const nodes = graph.nodes.filter(node => node.ttl === ttl);
    nodes.forEach((node, index) => {
      const number = index === 0 ? String(ttl).padStart(2) : '  ';
      const answer = answers.get(placeOf(ttl, node.address));
      lines.push(`${number} ${bracket(index, nodes.length)} ${label(node, answer, numeric)}${origins(graph, node)}`);
    });
  }
  return [...lines, ...summary(graph)];
}

/** The fastest answer of each interface. */
function answersByPlace(hops: readonly TraceHop[]): Map<string, TraceAnswer> {
  const answers = new Map<string, TraceAnswer>();
  for (const { ttl, probes } of hops) {
    for (const probe of probes) {
      if ('timeout' in probe) continue;
      const place = placeOf(ttl, probe.address);
      const known = answers.get(place);
      if (known === undefined || probe.rtt < known.rtt) answers.set(place, probe);
    }
  }
  return answers;
}

function placeOf(ttl: number, address: string | null): string {
  return `${ttl} ${address}`;
}

function bracket(index: number, count: number): string {
  if (count === 1) return ' ';
  if (index === 0) return '┌';
  return index === count - 1 ? '└' : '├';
}

function label({ address, name, flows }: MultipathNode, answer: TraceAnswer | undefined, numeric: boolean): string {
  if (address === null) return `*  (${flows.length} flows)`;
  const shown = numeric || name === undefined ? address : `${harmless(name)} (${address})`;
  return `${shown}  ${answer?.rtt.toFixed(3)} ms  (${flows.length} flows)`;
}

/** Told where it is not plain: not every interface of the hop before leads here. */
function origins({ nodes, links }: MultipathGraph, { ttl, address }: MultipathNode): string {
  const before = nodes.filter(node => node.ttl === ttl - 1);
  const from = links.filter(link => link.ttl === ttl && link.to === address).map(link => link.from ?? '*');
  return before.length > 1 && from.length < before.length ? `  <- ${from.join(', ')}` : '';
}

function summary(graph: MultipathGraph): string[] {
  const { diamonds, nodes, complete } = graph;
  if (nodes.length === 0) return [`Nothing answered. ${completeness(graph)}`];
  const kinds = { 'per-flow': 'balanced by flow', 'per-packet': 'balanced packet by packet' };
  const told = diamonds.map(
    ({ first, last, width, balancing }) => `Hops ${first} to ${last}: ${width} ways side by side, ${kinds[balancing]}.`,
  );
  const onePath = complete ? 'One path.' : 'One path so far.';
  return [...(told.length > 0 ? told : [onePath]), completeness(graph)];
}

function completeness({ flows, confidence, nodes }: MultipathGraph): string {
  const sent = flows === 1 ? '1 flow' : `${flows} flows`;
  if (nodes.length === 0) return `${sent}; no path is known.`;
  if (confidence === null) return `${sent}; ended before it was complete: there may be more paths.`;
  return `${sent}; complete with ${Number((100 * confidence).toFixed(3))} % confidence at each interface.`;
}
