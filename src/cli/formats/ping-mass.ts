import type { PingEvent, PingTotal } from '../../engine/ping/ping-event.js';
import { counted, grouped } from './numbers.js';
import type { Page, PingFormat } from './ping-format.js';
import { PingProblems } from './ping-problems.js';
import { countsLine, dropsLine, rttLine } from './ping-statistics.js';

/** A mass ping for a person: what is wrong, then how many of all. Fed with the events of silent and failing targets. */
export class PingMass implements PingFormat {
  private readonly page: Page;
  private readonly quiet: boolean;
  private readonly problems = new PingProblems();

  /** @param settings quiet: the counts only. */
  constructor(page: Page, settings: { quiet?: boolean } = {}) {
    this.page = page;
    this.quiet = settings.quiet ?? false;
  }

  event(event: PingEvent): void {
    if (event.type === 'error') this.problems.error(event);
    else if (event.type === 'unresolved') this.problems.unresolved(event);
    else if (event.type === 'summary') this.problems.summary(event);
    else if (event.type === 'total') this.total(event);
  }

  private total(total: PingTotal): void {
    if (total.targets === 0) return;
    const table = this.quiet ? '' : this.problems.table();
    if (table !== '') this.page.out(`${table}\n`);
    this.page.out(`${targetsLine(total)}\n${countsLine(total)}\n`);
    if (total.rtt !== null) this.page.out(`${rttLine(total.rtt)}\n`);
    this.page.out(dropsLine(total.drops));
  }
}

/** `65,534 targets: 65,530 answered, 3 did not, 1 was not resolved`. */
function targetsLine({ targets, answered, unresolved }: PingTotal): string {
  const silent = targets - answered - unresolved;
  const parts = [`${grouped(answered)} answered`];
  if (silent > 0) parts.push(`${grouped(silent)} did not`);
  if (unresolved > 0) parts.push(`${grouped(unresolved)} not resolved`);
  return `${counted(targets, 'target')}: ${parts.join(', ')}`;
}
