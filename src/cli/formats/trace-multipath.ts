import type { TraceEvent, TraceHop } from '../../engine/trace/trace-event.js';
import type { TraceStart } from '../../tools/trace-options.js';
import { harmless } from '../harmless.js';
import { multipathDot, multipathMermaid } from './multipath-graph-text.js';
import { multipathText } from './multipath-text.js';
import type { Page } from './ping-format.js';

export interface TraceMultipathSettings {
  numeric: boolean;
  graph: 'text' | 'dot' | 'mermaid';
}

/** What multipath discovery found, drawn at the end. */
export class TraceMultipath {
  private readonly hops: TraceHop[] = [];
  private source = '';

  constructor(
    private readonly page: Page,
    private readonly settings: TraceMultipathSettings,
  ) {}

  start({ target, address, source, maxTtl, packetLength }: TraceStart): void {
    this.source = source;
    if (this.settings.graph !== 'text') return;
    this.page.out(`paths to ${harmless(target)} (${address}), ${maxTtl} hops max, ${packetLength} byte packets\n`);
  }

  event(event: TraceEvent): void {
    if (event.type === 'hop') this.hops.push(event);
    if (event.type !== 'result' || event.multipath === undefined) return;
    const { graph } = this.settings;
    const lines =
      graph === 'text'
        ? multipathText(event.multipath, this.hops, this.settings)
        : (graph === 'dot' ? multipathDot : multipathMermaid)(event.multipath, this.source);
    this.page.out(`${lines.join('\n')}\n`);
  }
}
