import type { PingIpOptions } from '../../engine/ping/ping-event.js';

/** RFC 791: a time stamp with this bit is not in milliseconds since midnight UT. */
const NON_STANDARD = 0x80000000;

/** The blocks that iputils' ping prints below a reply for what routers recorded (-R, -T). */
export class IpOptionsText {
  private readonly show: (address: string) => string;
  private lastRoute: string | undefined;

  /** @param show how an address is shown, with its name or without. */
  constructor(show: (address: string) => string) {
    this.show = show;
  }

  /** What follows the reply's line and precedes its line break. */
  format(options: PingIpOptions | undefined): string {
    if (options === undefined) return '';
    return this.route(options.recordRoute) + this.timestamps(options);
  }

  private route(route: readonly string[] | undefined): string {
    if (route === undefined || route.length === 0) return '';
    const key = route.join(' ');
    if (key === this.lastRoute) return '\t(same route)';
    this.lastRoute = key;
    return `\nRR: ${route.map(address => `\t${this.show(address)}\n`).join('')}`;
  }

  private timestamps({ timestamps, timestampOverflow = 0 }: PingIpOptions): string {
    if (timestamps === undefined || timestamps.length === 0) return '';
    const previous = new Map<boolean, number>();
    const lines = timestamps.map(({ address, timestamp }) => {
      const where = address === undefined ? '' : `\t${this.show(address)}`;
      return `${where}${timestamp === null ? '' : stampText(timestamp, previous)}\n`;
    });
    const missed = timestampOverflow > 0 ? `Unrecorded hops: ${timestampOverflow}\n` : '';
    return `\nTS: ${lines.join('')}${missed}`;
  }
}

/** The first stamp of either kind as it is, the next ones as differences. */
function stampText(timestamp: number, previous: Map<boolean, number>): string {
  const standard = timestamp < NON_STANDARD;
  const value = standard ? timestamp : timestamp - NON_STANDARD;
  const before = previous.get(standard);
  previous.set(standard, value);
  const kind = standard ? '' : ' not-standard';
  return before === undefined ? `\t${value} absolute${kind}` : `\t${value - before}${kind}`;
}
