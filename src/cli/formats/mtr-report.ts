import type { LiveHop, LiveResult } from '../../engine/trace/live-event.js';
import { type HopNameSettings, hopName } from './hop-name.js';
import { lossRemarks } from './path-loss-text.js';

export interface MtrReportSettings extends HopNameSettings {
  wide: boolean;
  hostName: string;
  /** When the run began. */
  startedAt: Date;
}

/** Columns before the numbers in a report that is not wide. */
const HOST_COLUMNS = 33;
const HOP_PREFIX = 8;
const TITLES = ' Loss%   Snt   Last   Avg  Best  Wrst StDev';

/** The report of mtr -r, to the blank, and below it what the loss means. */
export function mtrReport(result: LiveResult, settings: MtrReportSettings): string {
  const names = result.hops.map(hop => hopName(hop, settings));
  const longest = Math.max(settings.hostName.length, ...names.map(name => name.length));
  const host = `HOST: ${settings.hostName}`;
  const lines = [
    `Start: ${isoLocal(settings.startedAt)}`,
    `${settings.wide ? host.padEnd(6 + longest) : host.padEnd(HOST_COLUMNS).slice(0, HOST_COLUMNS)}${TITLES}`,
    ...result.hops.flatMap(hop => hopLines(hop, settings, longest)),
    ...(result.hops.length === 0 && !result.reached && result.code === undefined ? ['Nothing has answered.'] : []),
    ...lossRemarks(result),
  ];
  return `${lines.join('\n')}\n`;
}

function hopLines(hop: LiveHop, settings: MtrReportSettings, longest: number): string[] {
  const name = hopName(hop, settings);
  const width = settings.wide ? longest : HOST_COLUMNS - HOP_PREFIX;
  const first = `${String(hop.ttl).padStart(3)}.|-- ${name.padEnd(width).slice(0, width)}${numbers(hop)}`;
  const others = hop.addresses.slice(1).map((_, index) => `        ${hopName(hop, settings, index + 1)}`);
  return [first, ...others];
}

function numbers({ loss, sent, last, mean, best, worst, stddev }: LiveHop): string {
  // mtr cuts the field at six columns: 100.0 has no sign.
  const lossText = ` ${(100 * loss).toFixed(1).padStart(4)}%`.slice(0, 6);
  const times = [last, mean, best, worst, stddev].map(time => ` ${(time ?? 0).toFixed(1).padStart(5)}`);
  return `${lossText} ${String(sent).padStart(5)} ${times.join('')}`;
}

/** strftime's %Y-%m-%dT%H:%M:%S%z. */
function isoLocal(date: Date): string {
  const two = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, '0');
  const offset = -date.getTimezoneOffset();
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day}T${time}${offset < 0 ? '-' : '+'}${two(offset / 60)}${two(offset % 60)}`;
}
