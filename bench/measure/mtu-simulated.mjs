// Searches of the path MTU in the simulated internet of the tests, in virtual time: prints how many of them were wrong.
// Bundled by bench/mtu.mjs, because it uses the tests' TypeScript.
import { internetOf, PLACES } from '../../test/simulation/mtu/mtu-scenario.ts';
import { runMtu } from '../../test/simulation/mtu/run-mtu.ts';

const RUNS = 100;
const LOSS = 0.1;

/** Ten percent of all packets are lost on their way there. */
const LOSSY = { mtu: 1500, forward: [{ kind: 'loss', pick: { rate: LOSS } }] };

const PATHS = {
  reported: { mtus: { 4: 1400 }, expected: { pathMtu: 1400, hole: undefined } },
  hole: {
    mtus: { 4: 1300 },
    routers: () => ({ 4: { blackHole: true } }),
    expected: { pathMtu: 1300, hole: 4 },
  },
};

function runsOf({ expected, ...path }) {
  const results = Array.from({ length: RUNS }, (_, index) => {
    const scenario = { name: '', seed: index + 1, links: { 0: LOSSY }, ...path, expect: {} };
    return runMtu(PLACES[4].target, internetOf(scenario, PLACES[4]), { seed: index + 1 }).result;
  });
  const exact = results.filter(
    ({ pathMtu, blackHoleAt }) => pathMtu === expected.pathMtu && blackHoleAt?.ttl === expected.hole,
  );
  return { exact: exact.length, longest: Math.max(...results.map(({ elapsed }) => elapsed)) };
}

console.log(JSON.stringify({ reported: runsOf(PATHS.reported), hole: runsOf(PATHS.hole) }));
