import type { PingError, PingSummary, PingUnresolved } from '../../engine/ping/ping-event.js';
import { harmless } from '../harmless.js';
import { grouped, percent } from './numbers.js';

/** What can be wrong with a target, worst first. */
const KINDS = ['unresolved', 'failed', 'silent', 'altered', 'lossy'] as const;
type Kind = (typeof KINDS)[number];

const IN_WORDS: Readonly<Record<Kind, string>> = {
  unresolved: 'not resolved',
  failed: 'failed with an error',
  silent: 'silent',
  altered: 'altered replies',
  lossy: 'with losses',
};

/** So many targets of a kind are named; a network that is down must not bury the rest, nor fill the memory. */
const ROWS_A_KIND = 20;

/** A cell that is longer would push the others off the terminal. */
const CELL_LIMIT = 100;

type Row = readonly [target: string, address: string, answered: string, problem: string];

/** What a mass ping found wrong: a table of bounded length, and counts of what it leaves out. */
export class PingProblems {
  private readonly rows: Record<Kind, Row[]> = { unresolved: [], failed: [], silent: [], altered: [], lossy: [] };
  private readonly counts: Record<Kind, number> = { unresolved: 0, failed: 0, silent: 0, altered: 0, lossy: 0 };
  /** Targets whose summary is still to come, by their latest error. */
  private readonly latest = new Map<string, string>();

  error({ target, error, from }: PingError): void {
    this.latest.set(target, from === null ? `${error} (this host)` : `${error} from ${from}`);
  }

  unresolved({ target, message }: PingUnresolved): void {
    this.add('unresolved', [target, '-', '-', `not resolved: ${message}`]);
  }

  summary(summary: PingSummary): void {
    const error = this.latest.get(summary.target);
    this.latest.delete(summary.target);
    const problem = problemOf(summary, error);
    if (problem === undefined) return;
    const [kind, text] = problem;
    this.add(kind, [summary.target, summary.address ?? '-', `${summary.received}/${summary.sent}`, text]);
  }

  /** The table; empty where all is well. */
  table(): string {
    const rows = KINDS.flatMap(kind => this.rows[kind]);
    if (rows.length === 0) return '';
    return alignColumns([['TARGET', 'ADDRESS', 'ANSWERED', 'PROBLEM'], ...rows]) + this.leftOut();
  }

  private add(kind: Kind, row: Row): void {
    this.counts[kind]++;
    if (this.rows[kind].length < ROWS_A_KIND)
      this.rows[kind].push(row.map(cell => shortened(harmless(cell))) as unknown as Row);
  }

  private leftOut(): string {
    const more = KINDS.map(kind => ({ kind, count: this.counts[kind] - this.rows[kind].length }));
    const parts = more.filter(({ count }) => count > 0).map(({ kind, count }) => `${grouped(count)} ${IN_WORDS[kind]}`);
    return parts.length === 0 ? '' : `... and ${parts.join(', ')}\n`;
  }
}

function problemOf(summary: PingSummary, error: string | undefined): readonly [Kind, string] | undefined {
  const { sent, received, corrupted, late } = summary;
  const lateReplies = late > 0 ? `, ${grouped(late)} late` : '';
  if (sent > 0 && received === 0) {
    if (error !== undefined) return ['failed', error];
    return corrupted > 0 ? ['altered', 'altered replies only'] : ['silent', `no answer${lateReplies}`];
  }
  if (corrupted > 0) return ['altered', `${grouped(corrupted)} altered replies`];
  if (received >= sent) return undefined;
  const reason = error === undefined ? '' : `, ${error}`;
  return ['lossy', `${percent(sent - received, sent)}% lost${lateReplies}${reason}`];
}

function shortened(cell: string): string {
  return cell.length > CELL_LIMIT ? `${cell.slice(0, CELL_LIMIT)}...` : cell;
}

function alignColumns(rows: readonly Row[]): string {
  const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => (row[column] ?? '').length)));
  return rows
    .map(
      row =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
