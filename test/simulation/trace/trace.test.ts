import { describe, expect, it } from 'vitest';
import { type Privilege, pathOf, trace } from './trace-harness.js';
import { SCENARIOS, TARGET, type TraceScenario } from './trace-scenarios.js';

const runs = SCENARIOS.flatMap(scenario =>
  (scenario.privileges ?? (['raw', 'none'] as const)).map(privilege => ({ ...scenario, privilege })),
);

function check({ to = TARGET, scenario, options, stopAt, ...expected }: TraceScenario, privilege: Privilege): void {
  const run = trace(to, scenario, { privilege, options, stopAt });
  const path = pathOf(run.hops);
  expect(
    path.map((hop, index) => (alternatives(expected.path[index]).includes(hop) ? expected.path[index] : hop)),
  ).toEqual(expected.path);
  expect(run.result).toMatchObject(expected.result ?? {});
  for (const [ttl, hop] of Object.entries(expected.hops ?? {})) {
    expect(run.hops.find(candidate => candidate.ttl === Number(ttl))).toMatchObject(hop);
  }
  for (const [ttl, answer] of Object.entries(expected.answers ?? {})) {
    const { probes = [] } = run.hops.find(candidate => candidate.ttl === Number(ttl)) ?? {};
    expect(probes[0]).toMatchObject(answer);
  }
  expect(run.elapsed).toBeLessThanOrEqual(expected.within ?? 30_000);
  expect(run.result.sent).toBeLessThanOrEqual(expected.sentAtMost ?? 500);
  expect(run.engine.foreign).toBeGreaterThanOrEqual(expected.foreignAtLeast ?? 0);
}

const alternatives = (text = ''): string[] => text.split(' or ');

describe('a trace shows', () => {
  it.each(runs)('$name ($privilege sockets)', ({ privilege, ...scenario }) => check(scenario, privilege));
});
