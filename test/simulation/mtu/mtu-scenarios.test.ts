import { describe, expect, it } from 'vitest';
import type { Family } from '../../../src/wire/ip-address.js';
import type { Privilege } from '../trace/trace-harness.js';
import { internetOf, type MtuScenario, PLACES } from './mtu-scenario.js';
import { runMtu } from './run-mtu.js';
import { CHANGES } from './scenarios/changes.js';
import { HOLES } from './scenarios/holes.js';
import { HOSTILE } from './scenarios/hostile.js';
import { LIMITS } from './scenarios/limits.js';
import { LOSSES } from './scenarios/losses.js';
import { REFUSALS } from './scenarios/refusals.js';
import { TARGETS } from './scenarios/targets.js';

const GROUPS = { LIMITS, HOLES, HOSTILE, LOSSES, CHANGES, TARGETS, REFUSALS };

function check(scenario: MtuScenario, family: Family, privilege: Privilege): void {
  const places = PLACES[family];
  const { expect: expected } = scenario;
  const { refused } = expected;
  const { result } = runMtu(places.target, internetOf(scenario, places), { privilege, ...scenario.setting });
  const { limits, anomalies, blackHoleAt } = result;
  expect(result).toMatchObject({ pathMtu: expected.pathMtu, blackHole: expected.hole !== undefined });
  if (expected.method !== undefined) expect(result.method).toBe(expected.method);
  if (expected.bounds) expect([result.lowerBound, result.upperBound]).toEqual(expected.bounds);
  if (expected.hole) {
    const { ttl, mtu } = expected.hole;
    expect(blackHoleAt).toEqual({ ttl, mtu, address: ttl === 0 ? null : places.router(ttl) });
  }
  if (expected.limits) expect(limits.map(({ mtu, ttl, evidence }) => [mtu, ttl, evidence])).toEqual(expected.limits);
  const kinds = new Set(anomalies.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(expected.anomalies ?? []);
  if (expected.blamed) expect(anomalies[0]?.from).toBe(expected.blamed(places));
  expect(result.refusedBy).toEqual(refused && { address: places.router(refused[0]), error: refused[1] });
  expect(result.offeredMss).toBe(expected.offeredMss);
  expect(result.roundTripMtu).toBe(expected.roundTripMtu);
  expect(result.probes).toBeLessThanOrEqual(expected.probes ?? 1000);
  expect(result.elapsed).toBeLessThanOrEqual(expected.elapsed ?? 60_000);
}

for (const [group, scenarios] of Object.entries(GROUPS)) {
  describe(group.toLowerCase(), () => {
    for (const scenario of scenarios) {
      for (const family of scenario.families ?? ([4, 6] as const)) {
        for (const privilege of scenario.privileges ?? (['raw', 'none'] as const)) {
          const how = privilege === 'raw' ? 'raw sockets' : 'no privilege';
          it(`${scenario.name} (IPv${family}, ${how})`, () => check(scenario, family, privilege));
        }
      }
    }
  });
}
