import { describe, expect, it } from 'vitest';
import { PingMass } from '../../../../src/cli/formats/ping-mass.js';
import { progressText } from '../../../../src/cli/formats/ping-progress.js';
import type { PingEvent, PingSummary, PingTotal } from '../../../../src/engine/ping/ping-event.js';
import { collectedPage } from '../collected-page.js';

const COUNTS = { duplicates: 0, late: 0, corrupted: 0, foreign: 0, errors: 0, rtt: null, elapsed: 1000 };
const silent = (target: string): PingSummary => ({
  ...COUNTS,
  type: 'summary',
  target,
  address: target,
  sent: 1,
  received: 0,
  lost: 1,
  loss: 1,
});
const TOTAL: PingTotal = {
  ...COUNTS,
  type: 'total',
  targets: 65_534,
  answered: 65_530,
  unresolved: 1,
  sent: 65_534,
  received: 65_530,
  lost: 4,
  loss: 4 / 65_534,
  drops: 0,
};

function shown(events: readonly PingEvent[], quiet = false): string {
  const page = collectedPage();
  const format = new PingMass(page, { quiet });
  for (const event of events) format.event(event);
  return page.stdout;
}

describe('a mass ping for a person', () => {
  it('shows what is wrong, worst first, then the counts', () => {
    const events: PingEvent[] = [
      { ...silent('10.0.0.9'), sent: 3, received: 2, lost: 1 },
      silent('10.0.0.7'),
      { ...silent('10.0.0.8'), received: 1, lost: 0, corrupted: 2 },
      { type: 'error', target: '10.0.0.6', sequence: 1, from: '10.0.0.1', error: 'host-unreachable' },
      silent('10.0.0.6'),
      { type: 'unresolved', target: 'db.example', error: 'ENOTFOUND', message: 'no such host' },
      TOTAL,
    ];
    expect(shown(events)).toBe(`TARGET      ADDRESS   ANSWERED  PROBLEM
db.example  -         -         not resolved: no such host
10.0.0.6    10.0.0.6  0/1       host-unreachable from 10.0.0.1
10.0.0.7    10.0.0.7  0/1       no answer
10.0.0.8    10.0.0.8  1/1       2 altered replies
10.0.0.9    10.0.0.9  2/3       33.3333% lost

65,534 targets: 65,530 answered, 3 did not, 1 not resolved
65534 packets transmitted, 65530 received, 0.0061037% packet loss, time 1000ms
`);
  });

  it('names a bounded number of targets and counts the rest', () => {
    const many = Array.from({ length: 1220 }, (_, index) => silent(`10.0.${index >> 8}.${index & 255}`));
    const text = shown([...many, TOTAL]);
    expect(text.split('\n').length).toBeLessThan(40);
    expect(text).toContain('\n... and 1,200 silent\n');
  });

  it('shows the counts only when quiet, or when all is well', () => {
    expect(shown([silent('10.0.0.7'), TOTAL], true)).toMatch(/^65,534 targets: /);
    expect(shown([{ ...TOTAL, answered: 65_534, unresolved: 0 }])).toMatch(/^65,534 targets: 65,534 answered\n/);
  });

  it("tells this host's own drops from the network's losses", () => {
    expect(shown([{ ...TOTAL, drops: 12_000 }])).toContain(
      "12,000 datagrams were dropped by this host's own receive buffer",
    );
  });

  it('makes terminal escapes in targets harmless', () => {
    const text = shown([{ type: 'unresolved', target: 'x\x1b[2J', error: 'ENOTFOUND', message: 'no\x1b[2J' }, TOTAL]);
    expect(text).not.toContain('\x1b');
  });

  it('cuts a name that would push the table off the terminal', () => {
    const target = 'x'.repeat(5000);
    const text = shown([{ type: 'unresolved', target, error: 'ENOTFOUND', message: target }, TOTAL]);
    expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThan(300);
  });

  it('counts one target as one', () => {
    const one = { ...TOTAL, targets: 1, answered: 1, unresolved: 0, sent: 1, received: 1 };
    expect(shown([one])).toMatch(/^1 target: 1 answered\n/);
    const progress = { finished: 1, answered: 1, sent: 1, received: 1, elapsed: 100 };
    expect(progressText(progress)).toBe('1 target, 1 answered, 10 probes/s, 0.1 s');
    expect(progressText(progress, 1)).toBe('1 of 1 target, 1 answered, 10 probes/s, 0.1 s');
  });

  it('shows how far it is', () => {
    const progress = { finished: 12_000, answered: 11_998, sent: 12_100, received: 11_998, elapsed: 1210 };
    expect(progressText(progress, 65_534)).toBe('12,000 of 65,534 targets, 11,998 answered, 10,000 probes/s, 1.2 s');
    expect(progressText(progress)).toBe('12,000 targets, 11,998 answered, 10,000 probes/s, 1.2 s');
  });
});
