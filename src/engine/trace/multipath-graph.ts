import type { MultipathTable, Node } from './multipath-table.js';
import type { Diamond, MultipathGraph, MultipathLink, MultipathNode } from './trace-event.js';

/** The graph of what was found, from hop `first` to hop `last`. */
export function multipathGraph(
  table: MultipathTable,
  first: number,
  last: number,
  confidence: number | null,
  perPacket: ReadonlySet<number>,
): MultipathGraph {
  const nodes: MultipathNode[] = [];
  const links: MultipathLink[] = [];
  for (let ttl = first; ttl <= last; ttl++) {
    for (const [node, flows] of table.nodes(ttl)) nodes.push({ ttl, address: addressOf(node), flows: sorted(flows) });
    links.push(...linksTo(table, ttl));
  }
  const complete = confidence !== null;
  return {
    confidence,
    complete,
    flows: table.flows,
    nodes,
    links,
    diamonds: diamondsIn(table, first, last, perPacket),
  };
}

/** Where a flow is known at two hops in a row there is a link between what it met. */
function linksTo(table: MultipathTable, ttl: number): MultipathLink[] {
  const links = new Map<string, MultipathLink>();
  for (const [to, flows] of table.nodes(ttl)) {
    for (const flow of flows) {
      const from = nodeBefore(table, ttl, flow);
      if (from === undefined) continue;
      links.set(`${from} ${to}`, { ttl, from: addressOf(from), to: addressOf(to) });
    }
  }
  return [...links.values()];
}

function nodeBefore(table: MultipathTable, ttl: number, flow: number): Node | undefined {
  for (const [node, flows] of table.nodes(ttl - 1)) if (flows.includes(flow)) return node;
  return undefined;
}

/** Hops of more than one node that follow one another, with the single nodes before and behind them. */
function diamondsIn(table: MultipathTable, first: number, last: number, perPacket: ReadonlySet<number>): Diamond[] {
  const diamonds: Diamond[] = [];
  let ttl = first;
  while (ttl <= last) {
    let end = ttl;
    while (end <= last && table.nodes(end).size > 1) end++;
    if (end > ttl) {
      const inside = Array.from({ length: end - ttl }, (_, index) => ttl + index);
      const width = Math.max(...inside.map(hop => table.nodes(hop).size));
      const balancing = inside.some(hop => perPacket.has(hop)) ? 'per-packet' : 'per-flow';
      diamonds.push({ first: ttl - 1, last: Math.min(end, last), width, balancing });
    }
    ttl = end + 1;
  }
  return diamonds;
}

function addressOf(node: Node): string | null {
  return node === '' ? null : node;
}

function sorted(flows: readonly number[]): number[] {
  return [...flows].sort((one, other) => one - other);
}
