import type { Answer } from './answer.js';
import type { Probe } from './probe.js';

/** What one flow met at one hop limit. */
export interface FlowResult {
  /** pending: asked, not known yet. */
  state: 'pending' | 'answered' | 'silent';
  probe?: Probe;
  answer?: Answer;
  attempts: number;
  /** When it may be asked again. */
  retryAt: number;
}

/** A place on a path: an address at a hop limit; '' for one that does not answer. */
export type Node = string;

/** The results of all flows at all hops. */
export class MultipathTable {
  private readonly hops = new Map<number, Map<number, FlowResult>>();
  /** Addresses at which flows end. */
  private readonly ends = new Set<Node>();
  flows = 0;

  at(ttl: number): ReadonlyMap<number, FlowResult> {
    return this.hops.get(ttl) ?? new Map();
  }

  result(ttl: number, flow: number): FlowResult | undefined {
    return this.hops.get(ttl)?.get(flow);
  }

  /** A probe of the flow is on its way. */
  begin(ttl: number, flow: number, probe: Probe): FlowResult {
    const hop = this.hops.get(ttl) ?? new Map<number, FlowResult>();
    this.hops.set(ttl, hop);
    const known = hop.get(flow);
    const result: FlowResult = known ?? { state: 'pending', attempts: 0, retryAt: Number.POSITIVE_INFINITY };
    result.attempts++;
    result.probe = probe;
    result.retryAt = Number.POSITIVE_INFINITY;
    hop.set(flow, result);
    this.flows = Math.max(this.flows, flow);
    return result;
  }

  /** Flows that reach this node end there. */
  endAt(node: Node): void {
    this.ends.add(node);
  }

  isEnd(node: Node): boolean {
    return this.ends.has(node);
  }

  /** Whether the flow is known to have ended before this hop. */
  hasEnded(flow: number, ttl: number): boolean {
    for (const [hopLimit, results] of this.hops) {
      const result = hopLimit < ttl ? results.get(flow) : undefined;
      if (result?.state === 'answered' && this.isEnd(nodeOf(result))) return true;
    }
    return false;
  }

  /** Settled flows of a hop by the node that they met. What went beyond a flow's end has only met the end again. */
  nodes(ttl: number): Map<Node, number[]> {
    const nodes = new Map<Node, number[]>();
    for (const [flow, result] of this.at(ttl)) {
      if (result.state === 'pending' || this.hasEnded(flow, ttl)) continue;
      const node = nodeOf(result);
      nodes.set(node, [...(nodes.get(node) ?? []), flow]);
    }
    return nodes;
  }

  /** The last hop at which anything has answered. */
  get lastAnswered(): number {
    const answered = [...this.hops.keys()].filter(ttl => [...this.nodes(ttl).keys()].some(node => node !== ''));
    return Math.max(0, ...answered);
  }
}

function nodeOf({ answer }: FlowResult): Node {
  return answer === undefined ? '' : String(answer.from);
}
