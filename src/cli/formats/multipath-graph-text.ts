import type { MultipathGraph, MultipathNode } from '../../engine/trace/trace-event.js';

/** The graph in the language of Graphviz. */
export function multipathDot(graph: MultipathGraph, source: string): string[] {
  const nodes = graph.nodes.map(node => `  ${idOf(node.ttl, node.address)} [label="${labelOf(node)}"];`);
  const links = edges(graph).map(({ from, to }) => `  ${from} -> ${to};`);
  return ['digraph paths {', '  rankdir=LR;', `  ${SOURCE} [label="${source}"];`, ...nodes, ...links, '}'];
}

/** The graph in the language of Mermaid. */
export function multipathMermaid(graph: MultipathGraph, source: string): string[] {
  const nodes = graph.nodes.map(node => `  ${idOf(node.ttl, node.address)}["${labelOf(node)}"]`);
  const links = edges(graph).map(({ from, to }) => `  ${from} --> ${to}`);
  return ['graph LR', `  ${SOURCE}["${source}"]`, ...nodes, ...links];
}

const SOURCE = 'source';

/** Links, and those from this host to the first hop. */
function edges({ nodes, links }: MultipathGraph): { from: string; to: string }[] {
  const first = Math.min(...nodes.map(({ ttl }) => ttl));
  return [
    ...nodes.filter(({ ttl }) => ttl === first).map(({ ttl, address }) => ({ from: SOURCE, to: idOf(ttl, address) })),
    ...links.map(({ ttl, from, to }) => ({ from: idOf(ttl - 1, from), to: idOf(ttl, to) })),
  ];
}

/** Letters, digits and underscores are names in both languages; the hop keeps an address apart that stands in two places. */
function idOf(ttl: number, address: string | null): string {
  return `h${ttl}_${(address ?? 'silent').replace(/[^0-9a-zA-Z]/g, '_')}`;
}

function labelOf({ ttl, address }: MultipathNode): string {
  return `${ttl}: ${address ?? '*'}`;
}
