import type {
  PingCorrupt,
  PingDuplicate,
  PingError,
  PingEvent,
  PingLate,
  PingRedirect,
  PingReply,
  PingStart,
  PingSummary,
} from '../../engine/ping/ping-event.js';
import { harmless } from '../harmless.js';
import { icmpErrorText } from './icmp-error-text.js';
import { IpOptionsText } from './ip-options-text.js';
import { roundTripTime, thousandths } from './numbers.js';
import type { Page, PingFormat } from './ping-format.js';
import { countsLine, dropsLine, rttLine } from './ping-statistics.js';
import { RttTally } from './rtt-tally.js';

/** How a run of one target is shown. */
export interface ClassicSettings {
  quiet?: boolean;
  flood?: boolean;
  adaptive?: boolean;
  /** Interface and source that were asked for, for the header. */
  interface?: string;
  source?: string;
  /** -p: the bytes that fill the payload, in hexadecimal digits. */
  pattern?: string;
  /** Bytes of IP options in each probe (-R, -T): they count in the header's packet size. */
  optionBytes?: number;
  /** -O: tells, one interval after each probe, that it is still unanswered. */
  outstanding?: boolean;
  /** -D: milliseconds since 1970, for a stamp before each line. */
  now?: () => number;
  /** -n: addresses only. */
  numeric?: boolean;
  /** The name of a router's address, as far as it is known; never waits. */
  nameOf?: (address: string) => string | undefined;
  /** strerror(3) of an errno's name: "Network is unreachable" for ENETUNREACH. */
  errnoText?: (code: string) => string;
}

type Answer = PingReply | PingDuplicate | PingLate | PingCorrupt;

const ICMP_HEADER_BYTES = 8;
const IPV4_HEADER_BYTES = 20;

/** One target in the lines of iputils' ping, which scripts parse. */
export class PingClassic implements PingFormat {
  private readonly page: Page;
  private readonly settings: ClassicSettings;
  private readonly tally: RttTally;
  private readonly ipOptions = new IpOptionsText(address => this.shown(address));
  /** Sequence numbers whose fate is known, above those that -O has dealt with. */
  private readonly settled = new Set<number>();
  private nextOutstanding = 1;
  private target = '';
  private address = '';
  private family: 4 | 6 = 4;
  private messageBytes = 0;

  /** @param tally is fed here, and read for the closing block. */
  constructor(page: Page, settings: ClassicSettings = {}, tally = new RttTally()) {
    this.page = page;
    this.settings = settings;
    this.tally = tally;
  }

  event(event: PingEvent): void {
    if (event.type === 'start') this.start(event);
    else if (isAnswer(event)) this.answer(event);
    else if (event.type === 'timeout') this.timeout(event.sequence);
    else if (event.type === 'error') this.error(event);
    else if (event.type === 'redirect') this.redirect(event);
    else if (event.type === 'summary') this.summary(event);
  }

  /** Called once an interval: the probe before the one that leaves now has no answer yet. */
  tick(): void {
    const sequence = this.nextOutstanding++;
    if (this.settled.delete(sequence) || this.settings.quiet || this.settings.flood) return;
    this.page.out(`${this.stamp()}no answer yet for icmp_seq=${sequence}\n`);
  }

  private start({ target, address, family, size, source }: PingStart): void {
    Object.assign(this, { target, address, family, messageBytes: size + ICMP_HEADER_BYTES });
    const { optionBytes = 0, interface: device } = this.settings;
    const asked = device ?? this.settings.source;
    const from = asked === undefined ? '' : `from ${source ?? this.settings.source ?? ''} ${device ?? ''}: `;
    const packet = size + ICMP_HEADER_BYTES + IPV4_HEADER_BYTES + optionBytes;
    const name = harmless(target);
    const header =
      family === 4
        ? `PING ${name} (${address}) ${harmless(from)}${size}(${packet}) bytes of data.`
        : `PING ${name}(${address}) ${harmless(from)}${size} data bytes`;
    const { pattern, quiet } = this.settings;
    if (pattern !== undefined && !quiet) this.page.out(`PATTERN: 0x${pattern.toLowerCase()}\n`);
    this.page.out(`${header}\n`);
  }

  private answer(event: Answer): void {
    this.settle(event.sequence);
    this.tally.count(event);
    if (this.settings.quiet) return;
    if (this.settings.flood) this.page.out(FLOOD[event.type]);
    else this.answerLine(event);
  }

  private answerLine(event: Answer): void {
    const { size, address, sequence, ttl, rtt } = event;
    const from = `${size} bytes from ${this.shown(address)}: icmp_seq=${sequence}`;
    const hops = ttl === null ? '' : ` ttl=${ttl}`;
    const time = rtt === null ? '' : ` time=${roundTripTime(rtt)} ms`;
    this.page.out(`${this.stamp()}${from}${hops}${time}${this.remark(event)}${this.ipOptions.format(event.options)}\n`);
  }

  private timeout(sequence: number): void {
    this.settle(sequence);
    if (this.settings.flood && !this.settings.quiet) this.page.out('.');
  }

  private error(event: PingError): void {
    this.settle(event.sequence);
    if (this.settings.quiet) return;
    const { from, sequence } = event;
    if (this.settings.flood) this.page.out(from === null ? 'E' : '.\bE');
    else if (from === null) this.page.err(`${this.stamp()}subsocket ping: ${this.localError(event)}\n`);
    else this.page.out(`${this.stamp()}From ${this.shown(from)} icmp_seq=${sequence} ${this.reported(event)}\n`);
  }

  private redirect({ from, sequence, gateway, icmpType, icmpCode }: PingRedirect): void {
    if (this.settings.quiet || this.settings.flood) return;
    const words = icmpErrorText(4, { error: 'redirect', icmpType, icmpCode });
    const advice = `${words}(New nexthop: ${this.shown(gateway)})`;
    this.page.out(`${this.stamp()}From ${this.shown(from)} icmp_seq=${sequence} ${advice}\n`);
  }

  private reported(event: PingError): string {
    return harmless(icmpErrorText(this.family, event));
  }

  private localError({ code, error, mtu }: PingError): string {
    const sign = this.family === 4 ? '=' : ': ';
    if (code === 'EMSGSIZE') return `local error: message too long${mtu === undefined ? '' : `, mtu${sign}${mtu}`}`;
    return `sendmsg: ${code === undefined ? error : (this.settings.errnoText?.(code) ?? code)}`;
  }

  private summary(event: PingSummary): void {
    const { rtt, sent, received, elapsed } = event;
    const pace =
      received > 0 && sent > 1 && (this.settings.flood || this.settings.adaptive)
        ? `ipg/ewma ${[elapsed / (sent - 1), this.tally.movingAverage].map(thousandths).join('/')} ms`
        : '';
    const times = [rtt === null ? '' : rttLine(rtt), pace].filter(text => text !== '').join(', ');
    const name = harmless(event.target);
    this.page.out(`\n--- ${name} ping statistics ---\n${countsLine(event)}\n${times}\n${dropsLine(event.drops)}`);
  }

  private remark(event: Answer): string {
    if (event.type === 'duplicate') return ' (DUP!)';
    if (event.type === 'late') return ' (late)';
    if (event.type !== 'corrupt') return '';
    if (event.reason === 'checksum') return ' (BAD CHECKSUM!)';
    if (event.reason === 'length') return event.size < this.messageBytes ? ' (truncated)' : ' (wrong length)';
    return event.offset === undefined ? '\nwrong data' : `\nwrong data byte #${event.offset}`;
  }

  private settle(sequence: number): void {
    if (this.settings.outstanding && sequence >= this.nextOutstanding) this.settled.add(sequence);
  }

  private stamp(): string {
    const { now } = this.settings;
    return now === undefined ? '' : `[${(now() / 1000).toFixed(6)}] `;
  }

  /**
   * `name (address)`. The target keeps the name that was asked for, so that its lines do not change when its reverse
   * name comes in; routers have their reverse names, as soon as these are known.
   */
  private shown(address: string): string {
    if (this.settings.numeric) return harmless(address);
    const name = address === this.address ? this.target : this.settings.nameOf?.(address);
    return name === undefined || name === address ? harmless(address) : `${harmless(name)} (${harmless(address)})`;
  }
}

/** A flood shows a dot for each probe and takes it back for each reply: what remains is what is missing. */
const FLOOD: Readonly<Record<Answer['type'], string>> = {
  reply: '.\b \b',
  duplicate: '',
  late: '\b \b',
  corrupt: '.\bC',
};

function isAnswer(event: PingEvent): event is Answer {
  return event.type in FLOOD;
}
