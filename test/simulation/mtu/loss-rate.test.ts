import { expect, test } from 'vitest';
import type { LinkSpec } from '../../support/simulation/scenario.js';
import { internetOf, type MtuScenario, PLACES } from './mtu-scenario.js';
import { runMtu } from './run-mtu.js';

const SEEDS = Array.from({ length: 100 }, (_, index) => index + 1);
const WRONG_AT_MOST = 1;
const LOSSY: LinkSpec = { mtu: 1500, forward: [{ kind: 'loss', pick: { rate: 0.1 } }] };

const CASES: Record<string, Pick<MtuScenario, 'mtus' | 'routers'> & { pathMtu: number; hole: number | undefined }> = {
  'no limit': { pathMtu: 1500, hole: undefined },
  'a reported limit': { mtus: { 4: 1400 }, pathMtu: 1400, hole: undefined },
  'two reported limits': { mtus: { 4: 1400, 7: 1280 }, pathMtu: 1280, hole: undefined },
  'a black hole': { mtus: { 4: 1300 }, routers: () => ({ 4: { blackHole: true } }), pathMtu: 1300, hole: 4 },
};

for (const [name, { pathMtu, hole, ...rest }] of Object.entries(CASES)) {
  test(`10 % loss, ${name}: exact in 99 of 100 runs`, () => {
    const wrong = SEEDS.filter(seed => {
      const scenario: MtuScenario = { name, seed, links: { 0: LOSSY }, ...rest, expect: { pathMtu } };
      const { result } = runMtu(PLACES[4].target, internetOf(scenario, PLACES[4]), { seed });
      return result.pathMtu !== pathMtu || result.blackHoleAt?.ttl !== hole;
    });
    expect(wrong.length).toBeLessThanOrEqual(WRONG_AT_MOST);
  });
}
