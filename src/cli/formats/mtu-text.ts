import type { MtuHopEvent, MtuLimit, MtuProbeEvent } from '../../engine/mtu/mtu-event.js';
import type { PathMtuStart } from '../../tools/mtu-options.js';
import type { PathMtuEvent, PathMtuResult } from '../../tools/mtu-session.js';
import { harmless } from '../harmless.js';
import { anomalyLine, conclusion } from './mtu-conclusion.js';
import type { Page } from './ping-format.js';

export interface MtuTextSettings {
  quiet: boolean;
  /** A line for every packet. */
  verbose: boolean;
}

const ADDRESS_COLUMN = 40;

/** The lines of tracepath(8) where it has them, one a limit; at the end one that says what to do. */
export class MtuText {
  constructor(
    private readonly page: Pick<Page, 'out'>,
    private readonly settings: MtuTextSettings,
  ) {}

  start({ target, address, source, max, sockets }: PathMtuStart): void {
    const how = sockets === 'raw' ? '' : ', without raw sockets';
    this.line(`path MTU to ${harmless(target)} (${address}) from ${source}, ${max} bytes at most${how}`);
    this.line(hopLine(0, '[LOCALHOST]', `pmtu ${max}`));
  }

  event(event: PathMtuEvent): void {
    if (event.type === 'result') this.result(event);
    else if (this.settings.verbose) this.line(event.type === 'probe' ? probeLine(event) : hopProbeLine(event));
  }

  private result(result: PathMtuResult): void {
    if (!this.settings.quiet) {
      for (const limit of result.limits) this.line(limitLine(limit));
      for (const anomaly of result.anomalies) this.line(`     ${anomalyLine(anomaly)}`);
      this.line(
        `     Resume: pmtu ${result.pathMtu ?? '?'} probes ${result.probes} time ${result.elapsed.toFixed(1)}ms`,
      );
    }
    this.line(conclusion(result));
  }

  private line(text: string): void {
    this.page.out(`${text}\n`);
  }
}

function hopLine(ttl: number | null, address: string, text: string): string {
  return `${String(ttl ?? '?').padStart(2)}:  ${address.padEnd(ADDRESS_COLUMN)} ${text}`.trimEnd();
}

function limitLine({ mtu, address, ttl, evidence }: MtuLimit): string {
  const how = { reported: '', silent: ' silent', nonsense: ' found by search', local: ' this host' }[evidence];
  return hopLine(ttl, address ?? 'no reply', `pmtu ${mtu}${how}`);
}

function probeLine({ size, protocol, outcome, from, reported, rtt, local }: MtuProbeEvent): string {
  const who = local ? ' this host' : from === undefined ? '' : ` ${from}`;
  const claim = reported === undefined ? '' : ` pmtu ${reported}`;
  const time = rtt === undefined ? '' : ` ${rtt.toFixed(3)}ms`;
  return `     ${size} bytes ${protocol}: ${outcome}${who}${claim}${time}`;
}

function hopProbeLine({ ttl, size, protocol, from }: MtuHopEvent): string {
  return `     ${size} bytes ${protocol}, hop limit ${ttl}: ${from ?? 'no reply'}`;
}
