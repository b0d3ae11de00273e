import { describe, it } from 'vitest';
import { checkPing } from './run-ping.js';
import { CLOCKS } from './scenarios/clocks.js';
import { ERRORS } from './scenarios/errors.js';
import { HOSTILE } from './scenarios/hostile.js';
import { MASS } from './scenarios/mass.js';
import { PACING } from './scenarios/pacing.js';
import { PATHS } from './scenarios/paths.js';

const GROUPS = { paths: PATHS, hostile: HOSTILE, errors: ERRORS, clocks: CLOCKS, pacing: PACING, mass: MASS };

for (const [group, scenarios] of Object.entries(GROUPS)) {
  describe(group, () => {
    for (const scenario of scenarios) {
      for (const family of scenario.families ?? ([4, 6] as const)) {
        it(`${scenario.name} (IPv${family})`, () => checkPing(scenario, family));
      }
    }
  });
}
