import type { Monotonic } from '../../wire/time.js';
import type { MultipathTable, Node } from './multipath-table.js';
import type { StoppingPoints } from './stopping-points.js';

/** Bounds what a path without end (balanced packet by packet over hundreds of links) can cost. */
const MOST_FLOWS = 4096;
const MOST_PROBES_A_HOP = 600;

/** A flow to be sent to a hop; `repeat`: one that is known there already, to see whether it always takes the same way. */
export interface FlowRequest {
  ttl: number;
  flow: number;
  repeat: boolean;
}

/** What multipath discovery sends next: the rules of multipath-strategy.ts over the table of what is known. */
export class MultipathRules {
  /** Addresses that a repeated flow has met, by hop. */
  private readonly repeats = new Map<number, { sent: number; nodes: Set<Node> }>();
  private readonly probesAt = new Map<number, number>();

  constructor(
    private readonly table: MultipathTable,
    private readonly stopping: StoppingPoints,
    private readonly firstTtl: number,
  ) {}

  /** @param lastTtl the last hop worth asking. */
  next(now: Monotonic, lastTtl: number, idle: boolean): FlowRequest | undefined {
    for (let ttl = this.firstTtl; ttl <= lastTtl; ttl++) {
      const flow = this.retryAt(ttl, now) ?? this.firstFlowAt(ttl);
      if (flow !== undefined) return { ttl, flow, repeat: false };
    }
    for (let ttl = this.firstTtl; ttl <= lastTtl; ttl++) {
      const request = this.ruleAt(ttl);
      if (request !== undefined) return request;
    }
    return idle || this.repeats.size > 0 ? this.repeat(lastTtl) : undefined;
  }

  handleQueued(ttl: number, repeat: boolean): void {
    this.probesAt.set(ttl, (this.probesAt.get(ttl) ?? 0) + 1);
    if (repeat) this.repeatsAt(ttl).sent++;
  }

  handleRepeated(ttl: number, node: Node): void {
    this.repeatsAt(ttl).nodes.add(node);
  }

  /** Hops at which one flow has met several addresses. */
  get perPacket(): Set<number> {
    return new Set([...this.repeats].filter(([, { nodes }]) => nodes.size > 1).map(([ttl]) => ttl));
  }

  /** Whether a hop up to `lastTtl` took more probes than are worth sending. */
  gaveUp(lastTtl: number): boolean {
    return this.table.flows >= MOST_FLOWS || [...this.probesAt.keys()].some(ttl => ttl <= lastTtl && this.isSpent(ttl));
  }

  private retryAt(ttl: number, now: Monotonic): number | undefined {
    for (const [flow, result] of this.table.at(ttl)) if (result.retryAt <= now) return flow;
    return undefined;
  }

  /** Rule 1. */
  private firstFlowAt(ttl: number): number | undefined {
    for (let flow = 1; flow <= this.stopping.after(1); flow++) {
      if (this.table.result(ttl, flow) === undefined && !this.table.hasEnded(flow, ttl)) return flow;
    }
    return undefined;
  }

  /** Rule 2 for the interfaces before hop `ttl`. */
  private ruleAt(ttl: number): FlowRequest | undefined {
    if (this.isSpent(ttl)) return undefined;
    if (ttl === this.firstTtl) return this.ruleForThisHost(ttl);
    for (const [node, flows] of this.table.nodes(ttl - 1)) {
      if (this.table.isEnd(node)) continue;
      const { missing, unasked } = this.needOf(ttl, flows);
      if (missing <= 0) continue;
      if (unasked !== undefined) return { ttl, flow: unasked, repeat: false };
      const request = this.search(ttl - 1, missing);
      if (request !== undefined) return request;
    }
    return undefined;
  }

  /** Every flow passes this host. */
  private ruleForThisHost(ttl: number): FlowRequest | undefined {
    const flows = Array.from({ length: this.table.flows }, (_, index) => index + 1);
    const { missing, unasked } = this.needOf(ttl, flows);
    const flow = unasked ?? this.table.flows + 1;
    return missing <= 0 || flow > MOST_FLOWS ? undefined : { ttl, flow, repeat: false };
  }

  /** How many of these flows are still to be sent to hop `ttl`, and one that was not. */
  private needOf(ttl: number, flows: readonly number[]): { missing: number; unasked: number | undefined } {
    const nextNodes = new Set<Node>();
    let asked = 0;
    let unasked: number | undefined;
    for (const flow of flows) {
      const result = this.table.result(ttl, flow);
      if (result === undefined) unasked ??= flow;
      else asked++;
      if (result !== undefined && result.state !== 'pending') nextNodes.add(String(result.answer?.from ?? ''));
    }
    return { missing: this.stopping.after(nextNodes.size) - asked, unasked };
  }

  /** New flows are sent to `ttl`, to see which of its interfaces they pass; no more at a time than are missing. */
  private search(ttl: number, missing: number): FlowRequest | undefined {
    let pending = 0;
    for (const { state } of this.table.at(ttl).values()) if (state === 'pending') pending++;
    if (pending >= missing || this.isSpent(ttl)) return undefined;
    let flow = 1;
    while (this.table.result(ttl, flow) !== undefined || this.table.hasEnded(flow, ttl)) flow++;
    return flow > MOST_FLOWS ? undefined : { ttl, flow, repeat: false };
  }

  /** Rule 3, once nothing else is to be done. */
  private repeat(lastTtl: number): FlowRequest | undefined {
    for (let ttl = this.firstTtl; ttl <= lastTtl; ttl++) {
      const answering = [...this.table.nodes(ttl)].filter(([node]) => node !== '');
      const flow = answering[0]?.[1][0];
      if (flow === undefined || answering.length < 2) continue;
      if (this.repeatsAt(ttl).sent < this.stopping.after(1)) return { ttl, flow, repeat: true };
    }
    return undefined;
  }

  private isSpent(ttl: number): boolean {
    return (this.probesAt.get(ttl) ?? 0) >= MOST_PROBES_A_HOP;
  }

  private repeatsAt(ttl: number): { sent: number; nodes: Set<Node> } {
    const known = this.repeats.get(ttl);
    if (known !== undefined) return known;
    const repeats = { sent: 0, nodes: new Set<Node>() };
    this.repeats.set(ttl, repeats);
    return repeats;
  }
}
