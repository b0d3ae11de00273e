import type { MultipathGraph, TraceEvent, TraceHop, TraceResult } from '../engine/trace/trace-event.js';
import { AddressFacts } from './address-facts.js';
import type { TraceSettings } from './trace-settings.js';

/** How long a result waits for what is still being looked up, in milliseconds: then it tells what came after the hops. */
const LAST_CHANCE = 500;

/** Adds names and AS numbers to hops. Look-ups of all hops run at once; events keep their order. */
export class TraceDecorator {
  lastResult: TraceResult | undefined;
  private readonly facts: AddressFacts | undefined;
  private readonly patience: number;
  private tail = Promise.resolve();
  /** Addresses of hops that were given before all was known of them, by target. */
  private readonly incomplete = new Map<string, Set<string>>();

  /** @param give takes the events; without it nobody sees a hop, and nothing is looked up. */
  constructor(
    { names, as, lookupTimeout }: TraceSettings,
    private readonly stopped: AbortSignal,
    private readonly give: ((event: TraceEvent) => void) | undefined,
  ) {
    this.patience = lookupTimeout;
    if (give !== undefined && (names || as !== undefined)) this.facts = new AddressFacts(names, as);
  }

  push(event: TraceEvent): void {
    const { facts } = this;
    if (facts === undefined) {
      this.finish(event);
      return;
    }
    const settled = event.type === 'hop' && facts.settle(addressesOf(event), this.patience, this.stopped);
    this.tail = this.tail.then(async () => {
      await settled;
      this.finish(event.type === 'result' ? await this.addLateFacts(event, facts) : this.addFacts(event, facts));
    });
  }

  /** Resolves when all events pushed so far are given. */
  async drained(): Promise<void> {
    await this.tail;
  }

  close(): void {
    this.facts?.close();
  }

  private finish(event: TraceEvent): void {
    if (event.type === 'result') this.lastResult = event;
    this.give?.(event);
  }

  private addFacts<Event extends TraceEvent>(event: Event, facts: AddressFacts): Event {
    if (event.type !== 'hop') return event;
    for (const address of addressesOf(event)) {
      if (facts.isComplete(address)) continue;
      const late = this.incomplete.get(event.target) ?? new Set();
      this.incomplete.set(event.target, late.add(address));
    }
    const probes = event.probes.map(probe =>
      'timeout' in probe ? probe : { ...probe, ...facts.known(probe.address) },
    );
    return { ...event, probes };
  }

  private async addLateFacts(result: TraceResult, facts: AddressFacts): Promise<TraceResult> {
    const { multipath } = result;
    const late = [...(this.incomplete.get(result.target) ?? [])];
    this.incomplete.delete(result.target);
    await facts.settle(late, Math.max(this.patience, LAST_CHANCE), this.stopped);
    const learned = late
      .map(address => ({ address, ...facts.known(address) }))
      .filter(({ name, as }) => name !== undefined || as !== undefined);
    return {
      ...result,
      ...(learned.length > 0 && { learned }),
      ...(multipath && { multipath: named(multipath, facts) }),
    };
  }
}

function named(graph: MultipathGraph, facts: AddressFacts): MultipathGraph {
  const nodes = graph.nodes.map(node => {
    const name = node.address === null ? undefined : facts.known(node.address).name;
    return name === undefined ? node : { ...node, name };
  });
  return { ...graph, nodes };
}

function addressesOf({ probes }: TraceHop): string[] {
  return probes.flatMap(probe => ('timeout' in probe ? [] : [probe.address]));
}
