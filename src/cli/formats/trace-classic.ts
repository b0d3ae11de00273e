import type { TraceAnswer, TraceEvent, TraceHop, TraceResult, TraceSilence } from '../../engine/trace/trace-event.js';
import type { TraceStart } from '../../tools/trace-options.js';
import { harmless } from '../harmless.js';
import type { Page } from './ping-format.js';
import { errorMark } from './trace-error-mark.js';
import { extensionsText } from './trace-extension-text.js';

export interface TraceClassicSettings {
  numeric: boolean;
  extensions: boolean;
  asNumbers: boolean;
}

/** The lines of traceroute(8), to the blank. What it has no words for comes behind the last hop, and only if it matters. */
export class TraceClassic {
  private family: 4 | 6 = 4;
  /** The first hop whose quotes show that an address translator was at work before it. */
  private translatedTtl: number | undefined;
  private readonly rateLimited: number[] = [];
  /** Probes that this host refused to send, by the errno's name. */
  private readonly refused = new Map<string, number>();
  /** Addresses that lines tell of. */
  private readonly shown = new Set<string>();
  /** Hops of which this host sent nothing: no lines of a path, unless others follow that are. */
  private heldBack = '';

  constructor(
    private readonly page: Page,
    private readonly settings: TraceClassicSettings,
  ) {}

  start({ target, address, maxTtl, packetLength }: TraceStart): void {
    this.family = address.includes(':') ? 6 : 4;
    this.page.out(`traceroute to ${harmless(target)} (${address}), ${maxTtl} hops max, ${packetLength} byte packets\n`);
  }

  event(event: TraceEvent): void {
    if (event.type === 'hop') {
      if (event.probes.some(probe => !('timeout' in probe) && probe.translated)) this.translatedTtl ??= event.ttl;
      if (event.rateLimited) this.rateLimited.push(event.ttl);
      this.countRefused(event);
      this.showHop(event);
    } else if (event.type === 'result' && event.code === undefined) {
      this.page.out(this.heldBack);
      for (const remark of this.remarks(event)) this.page.out(`${remark}\n`);
    }
  }

  private countRefused({ probes }: TraceHop): void {
    for (const probe of probes) {
      if (!isRefused(probe)) continue;
      this.refused.set(probe.code, (this.refused.get(probe.code) ?? 0) + 1);
    }
  }

  private showHop(hop: TraceHop): void {
    const line = `${this.hopLine(hop)}\n`;
    if (hop.probes.every(isRefused)) {
      this.heldBack += line;
      return;
    }
    this.page.out(this.heldBack + line);
    this.heldBack = '';
  }

  private hopLine({ ttl, probes }: TraceHop): string {
    let line = `${String(ttl).padStart(2)} `;
    let shown: TraceAnswer | undefined;
    let mtuShown = false;
    for (const probe of probes) {
      if ('timeout' in probe) {
        line += probe.mtu === undefined || mtuShown ? ' *' : ` * F=${probe.mtu}`;
        if (probe.code !== undefined) line += ` !${probe.code}`;
        mtuShown ||= probe.mtu !== undefined;
        continue;
      }
      if (!sameSource(shown, probe)) line += this.source(probe);
      line += `  ${probe.rtt.toFixed(3)} ms`;
      const mark = errorMark(this.family, probe);
      if (mark !== '') line += ` ${mark}`;
      else if (probe.mtu !== undefined && !mtuShown) line += ` F=${probe.mtu}`;
      mtuShown ||= probe.mtu !== undefined;
      shown = probe;
      this.shown.add(probe.address);
    }
    return line;
  }

  private source(answer: TraceAnswer): string {
    const { address, name, as, extensions } = answer;
    const shown = this.settings.numeric ? address : `${harmless(name ?? address)} (${address})`;
    const asText = this.settings.asNumbers ? ` [${as === undefined ? '*' : asNumbersText(as)}]` : '';
    const objects = this.settings.extensions && extensions !== undefined ? ` ${extensionsText(extensions)}` : '';
    return ` ${shown}${asText}${objects}`;
  }

  /** What a person should know and the lines do not say. */
  private remarks(result: TraceResult): string[] {
    const { translatedTtl, rateLimited } = this;
    const { target, protocol, port, reached, loopHops, answeredFrom, asymmetry, pathMtu, learned } = result;
    const lines: string[] = [];
    if (loopHops !== undefined) lines.push(`The path loops between hops ${loopHops[0]} and ${loopHops[1]}.`);
    if (answeredFrom !== undefined) lines.push(`${harmless(target)} answered from ${answeredFrom}.`);
    if (reached && protocol !== 'udp' && result.switched) {
      const what = protocol === 'tcp' ? `TCP port ${port}` : 'ICMP echo';
      lines.push(`${harmless(target)} is silent to UDP; it answered to ${what}.`);
    }
    if (rateLimited.length > 0) lines.push(`Answers are rate-limited, not lost, at hop ${rateLimited.join(', ')}.`);
    for (const [code, count] of this.refused) {
      lines.push(`This host refused to send ${count === 1 ? '1 probe' : `${count} probes`}: ${code}.`);
    }
    if (translatedTtl !== undefined) lines.push(`An address translator changes packets before hop ${translatedTtl}.`);
    if (asymmetry !== undefined) {
      const word = asymmetry > 0 ? 'longer' : 'shorter';
      lines.push(`The way back seems ${Math.abs(asymmetry)} hops ${word} than the way out.`);
    }
    if (pathMtu !== undefined) lines.push(`Path MTU ${pathMtu}.`);
    const late = (learned ?? []).filter(({ address }) => this.shown.has(address)).map(learnedText);
    if (late.length > 0) lines.push(`DNS answered late: ${late.join(', ')}.`);
    return lines;
  }
}

function learnedText({ address, name, as }: NonNullable<TraceResult['learned']>[number]): string {
  return `${address}${name === undefined ? '' : ` = ${harmless(name)}`}${as === undefined ? '' : ` [${asNumbersText(as)}]`}`;
}

function asNumbersText(numbers: readonly number[]): string {
  return numbers.map(number => `AS${number}`).join('/');
}

function isRefused(probe: TraceAnswer | TraceSilence): probe is TraceSilence & { code: string } {
  return 'timeout' in probe && probe.code !== undefined;
}

function sameSource(one: TraceAnswer | undefined, other: TraceAnswer): boolean {
  return one?.address === other.address && JSON.stringify(one.extensions) === JSON.stringify(other.extensions);
}
