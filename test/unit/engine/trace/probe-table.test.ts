import { describe, expect, it } from 'vitest';
import type { Probe } from '../../../../src/engine/trace/probe.js';
import { LAST_TOKEN, ProbeTable } from '../../../../src/engine/trace/probe-table.js';

const probe = (): Probe => ({ token: 0, state: 'sent' }) as Probe;

describe('tokens', () => {
  it('begin again after the last one, and leave 0 and 65,535 out', () => {
    const table = new ProbeTable(LAST_TOKEN);
    const [last, first] = [probe(), probe()];
    table.add(last);
    table.add(first);
    expect([last.token, first.token]).toEqual([LAST_TOKEN, 1]);
    expect(table.find(LAST_TOKEN)).toBe(last);
  });

  it('pass over a probe that is still waited for', () => {
    const table = new ProbeTable();
    const kept = probe();
    table.add(kept);
    for (let round = 1; round < LAST_TOKEN; round++) {
      const other = probe();
      table.add(other);
      other.state = 'answered';
      table.release();
    }
    const next = probe();
    table.add(next);
    expect(next.token).toBe(2);
    expect(table.find(kept.token)).toBe(kept);
  });
});
