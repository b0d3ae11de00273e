import { describe, it } from 'vitest';
import { checkPing } from './run-ping.js';
import { PATHS } from './scenarios/paths.js';

const GROUPS = { paths: PATHS };

for (const [group, scenarios] of Object.entries(GROUPS)) {
  describe(group, () => {
    for (const scenario of scenarios) {
      for (const family of scenario.families ?? ([4, 6] as const)) {
        it(`${scenario.name} (IPv${family})`, () => checkPing(scenario, family));
      }
    }
  });
}
