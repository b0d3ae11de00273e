import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { OPTIONS, type OptionName } from '../../../src/options/table.js';
import { runNow } from '../../support/lab/command.js';
import { unprivilegedWords } from '../../support/lab/index.js';

const script = fileURLToPath(new URL('without-privilege.mjs', import.meta.url));

describe('a process without privilege', () => {
  let refusals: Record<string, string | null> = {};

  beforeAll(() => {
    refusals = JSON.parse(runNow([...unprivilegedWords(), process.execPath, script]));
  });

  const rowsWhere = (asks: (name: OptionName) => boolean) =>
    (Object.keys(refusals) as OptionName[]).filter(name => OPTIONS[name] !== undefined && asks(name));

  it('is refused what the reference says needs a capability', () => {
    const always = rowsWhere(
      name => OPTIONS[name].capability !== undefined && OPTIONS[name].capabilityWhen === undefined,
    );
    expect(always.length).toBeGreaterThan(5);
    expect(always.filter(name => refusals[name] === null)).toEqual([]);
    // To raise it, and it is 0 at first (sk_busy_poll_budget in net/core/sock.c).
    expect(refusals['SO_BUSY_POLL_BUDGET 1']).toBe('EPERM');
  });

  it('may set everything else', () => {
    const free = rowsWhere(name => OPTIONS[name].capability === undefined);
    expect(free.length).toBeGreaterThan(90);
    expect(free.filter(name => ['EPERM', 'EACCES'].includes(refusals[name] ?? ''))).toEqual([]);
  });
});
