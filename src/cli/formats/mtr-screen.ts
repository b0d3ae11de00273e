import type { LiveHop, PathLoss } from '../../engine/trace/live-event.js';
import { harmless } from '../harmless.js';
import { type HopNameSettings, hopName } from './hop-name.js';
import { lossRemarks } from './path-loss-text.js';

/** What a screen shows. */
export interface MtrView extends HopNameSettings {
  columns: number;
  rows: number;
  hostName: string;
  target: string;
  address: string;
  time: string;
  paused: boolean;
  reached: boolean;
  hops: LiveHop[];
  pathLoss: PathLoss[];
  /** The errno's name where this host refuses to send. */
  code?: string;
  /** Which columns: numbers and graph, numbers with jitter, or the graph alone. */
  layout: MtrLayout;
  /** Hops above the first row shown. */
  scroll: number;
  /** Block characters for the graph; else digits. */
  unicode: boolean;
}

export type MtrLayout = 'all' | 'jitter' | 'graph';
export const MTR_LAYOUTS: readonly MtrLayout[] = ['all', 'jitter', 'graph'];

const KEYS = 'Keys: p pause  r reset  d columns  n names  up/down scroll  q quit';
const TITLES: Readonly<Record<MtrLayout, string>> = {
  all: '  Loss%  Snt   Last    Avg   Best   Wrst  StDev ',
  jitter: '  Loss%  Snt   Last    Avg   Best   Wrst Jitter ',
  graph: '  Loss%   Last ',
};
const PREFIX = 4;
const SMALLEST_NAME = 15;
const LONGEST_NAME = 45;
const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8'];
/** Rows above the hops, and at least below them. */
const HEADER_ROWS = 4;

/** The lines of a screen, each no wider than it. */
export function mtrScreen(view: MtrView): string[] {
  const remarks = lossRemarks(view).slice(0, Math.max(0, view.rows - HEADER_ROWS - 3));
  const room = Math.max(1, view.rows - HEADER_ROWS - (remarks.length > 0 ? remarks.length + 1 : 0));
  const nameColumns = nameWidth(view);
  const shown = view.hops.slice(view.scroll, view.scroll + room);
  const lines = [
    titleLine(view),
    view.paused ? `${KEYS}  [paused]` : KEYS,
    '',
    ' '.repeat(PREFIX) + 'Host'.padEnd(nameColumns) + TITLES[view.layout] + graphTitle(view, nameColumns),
    ...shown.map(hop => hopLine(hop, view, nameColumns)),
    ...(remarks.length > 0 ? ['', ...remarks] : []),
  ];
  return lines.slice(0, view.rows).map(line => [...line].slice(0, view.columns).join(''));
}

/** How far down one can go. */
export function lastScroll(view: Pick<MtrView, 'rows' | 'hops'>): number {
  return Math.max(0, view.hops.length - Math.max(1, view.rows - HEADER_ROWS));
}

function titleLine({ hostName, target, address, time, columns }: MtrView): string {
  const name = harmless(target);
  const title = `${hostName} -> ${name === address ? name : `${name} (${address})`}`;
  return title.slice(0, columns - time.length - 1).padEnd(columns - time.length) + time;
}

function nameWidth({ columns, layout }: MtrView): number {
  const share = Math.floor((columns - PREFIX - TITLES[layout].length) * (layout === 'graph' ? 0.4 : 0.6));
  return Math.max(SMALLEST_NAME, Math.min(LONGEST_NAME, share));
}

function graphWidth({ columns, layout }: MtrView, nameColumns: number): number {
  return columns - PREFIX - nameColumns - TITLES[layout].length;
}

function graphTitle(view: MtrView, nameColumns: number): string {
  const width = graphWidth(view, nameColumns);
  return width < 7 ? '' : `Latest ${width}`;
}

function hopLine(hop: LiveHop, view: MtrView, nameColumns: number): string {
  const name = hopName(hop, view).slice(0, nameColumns - 1);
  const prefix = `${String(hop.ttl).padStart(2)}. ${name.padEnd(nameColumns)}`;
  return `${prefix}${numbers(hop, view.layout)} ${graph(hop, graphWidth(view, nameColumns), view.unicode)}`;
}

/** `~`: loss that is the router's own; `!`: loss of the path. */
function mark({ reading }: LiveHop): string {
  if (reading === 'path') return '!';
  return reading === undefined ? ' ' : '~';
}

function numbers(hop: LiveHop, layout: MtrLayout): string {
  const loss = `${mark(hop)}${(100 * hop.loss).toFixed(1).padStart(5)}%`;
  if (layout === 'graph') return `${loss}${time(hop.last)}`;
  const { last, mean, best, worst, stddev, jitter } = hop;
  const times = [last, mean, best, worst, layout === 'jitter' ? jitter : stddev].map(time);
  return `${loss}${String(hop.sent).padStart(5)}${times.join('')}`;
}

function time(value: number | null): string {
  if (value === null) return '      -';
  return value.toFixed(value < 1000 ? 1 : 0).padStart(7);
}

/** One character a probe, the latest to the right, as high as its share of the worst time. */
function graph({ history, worst }: LiveHop, width: number, unicode: boolean): string {
  if (width < 1) return '';
  const steps = unicode ? BLOCKS : DIGITS;
  const highest = worst ?? 0;
  return history
    .slice(-width)
    .map(value => {
      if (value === null) return unicode ? '·' : '?';
      const share = highest > 0 ? value / highest : 0;
      return steps[Math.min(steps.length - 1, Math.floor(share * steps.length))] ?? '';
    })
    .join('');
}
