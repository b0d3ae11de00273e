import type { TraceAnswer, TraceEvent, TraceResult } from '../engine/trace/trace-event.js';
import { AddressFacts } from './address-facts.js';
import { withPatience } from './patience.js';
import type { TraceSettings } from './trace-settings.js';

/** Adds names and AS numbers to hops. Look-ups of all hops run at once; events keep their order. */
export class TraceDecorator {
  lastResult: TraceResult | undefined;
  private readonly facts: AddressFacts | undefined;
  private tail: Promise<void> | undefined;

  constructor(
    settings: TraceSettings,
    private readonly stopped: AbortSignal,
    private readonly give: (event: TraceEvent) => void,
  ) {
    if (settings.names || settings.as !== undefined) this.facts = new AddressFacts(settings.names, settings.as);
  }

  push(event: TraceEvent): void {
    if (event.type === 'result') this.lastResult = event;
    const pending = this.facts === undefined ? undefined : this.lookUp(event, this.facts);
    if (pending === undefined && this.tail === undefined) {
      this.give(event);
      return;
    }
    this.tail = (this.tail ?? Promise.resolve()).then(async () => {
      await pending;
      this.give(event);
    });
  }

  /** Resolves when all events pushed so far are given. */
  async drained(): Promise<void> {
    await this.tail;
  }

  close(): void {
    this.facts?.close();
  }

  /** @returns a promise of the moment at which the event is complete, or complete enough. */
  private lookUp(event: TraceEvent, facts: AddressFacts): Promise<void> | undefined {
    if (event.type !== 'hop') return undefined;
    const answers = event.probes.flatMap(probe => ('timeout' in probe ? [] : [probe]));
    if (answers.length === 0) return undefined;
    const known = Promise.all(answers.map(answer => facts.of(answer.address)));
    return withPatience(known, this.stopped).then(() => {
      for (const answer of answers) addFacts(answer, facts);
    });
  }
}

function addFacts(answer: TraceAnswer, facts: AddressFacts): void {
  const { name, as } = facts.known(answer.address);
  if (name !== undefined) answer.name = name;
  if (as !== undefined) answer.as = as;
}
