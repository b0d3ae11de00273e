// Path MTU: time and packets on a path of ten hops and 50 ms, beside tracepath; and how often it is exact under loss.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { build } from 'esbuild';
import { median, row } from './measure/figures.mjs';
import { benchFolder, root, runJson, run as runProgram } from './measure/processes.mjs';

const ROUND_TRIP_MS = 50;
const ROUNDS = 5;
const REPORTED = { address: '198.51.100.1', pathMtu: 1400 };
const HOLE = { address: '198.51.100.2', pathMtu: 1300, ttl: 4 };
const PATIENCE_SECONDS = 20;

const node = process.execPath;

/** The tests' simulated internet is TypeScript: it is bundled first. */
async function bundle(name) {
  // Beneath the package's own folder, where the addon is looked for.
  const folder = `${root}build/bench`;
  const outfile = `${folder}/${name}.mjs`;
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [`${benchFolder}measure/${name}.mjs`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    external: ['bindings', 'vitest'],
    logLevel: 'warning',
  });
  return outfile;
}

async function within(use) {
  const internet = spawn(node, [await bundle('mtu-internet')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(internet, 'close');
  try {
    const ready = await Promise.race([once(internet.stdout, 'data').then(() => true), closed.then(() => false)]);
    if (!ready) throw new Error('the simulated internet could not be served');
    return await use();
  } finally {
    internet.kill();
    await closed;
  }
}

async function search({ address }) {
  const results = [];
  for (let round = 0; round < ROUNDS; round++) {
    results.push(await runJson(node, [`${root}bin/subsocket.js`, 'mtu', '--json', address]));
  }
  return {
    results,
    elapsed: median(results.map(({ elapsed }) => elapsed)),
    probes: Math.max(...results.map(({ probes }) => probes)),
  };
}

async function tracepath({ address }) {
  const args = [String(PATIENCE_SECONDS), 'tracepath', '-n', address];
  const { seconds, stdout } = await runProgram('timeout', args, { allowFailure: true });
  return { seconds, found: Number(/Resume: pmtu (\d+)/.exec(stdout)?.[1]) };
}

function onThePath() {
  return within(async () => {
    const reported = await search(REPORTED);
    const hole = await search(HOLE);
    const peers = { reported: await tracepath(REPORTED), hole: await tracepath(HOLE) };
    const exact = reported.results.filter(({ pathMtu }) => pathMtu === REPORTED.pathMtu);
    const located = hole.results.filter(
      ({ pathMtu, blackHoleAt }) => pathMtu === HOLE.pathMtu && blackHoleAt?.ttl === HOLE.ttl,
    );
    return [
      row('reported limit, 10 hops and 50 ms: round trips until it is proven', reported.elapsed / ROUND_TRIP_MS, '', {
        most: 4,
      }),
      row('... packets', reported.probes, '', { most: 40 }),
      row(`... runs that were exact, of ${ROUNDS}`, exact.length, '', { least: ROUNDS }),
      row('... tracepath', (1000 * peers.reported.seconds) / ROUND_TRIP_MS, ''),
      row('black hole: seconds until it is found and located', hole.elapsed / 1000, 's', { most: 3 }),
      row('... packets', hole.probes, '', { most: 150 }),
      row(`... runs that were exact, of ${ROUNDS}`, located.length, '', { least: ROUNDS }),
      row(
        `... tracepath, given ${PATIENCE_SECONDS} s: ${peers.hole.found === HOLE.pathMtu ? 'found' : 'not found'}`,
        peers.hole.seconds,
        's',
      ),
    ];
  });
}

async function underLoss() {
  const { reported, hole } = await runJson(node, [await bundle('mtu-simulated')]);
  return [
    row('10 % loss, reported limit: exact runs of 100', reported.exact, '', { least: 99 }),
    row('10 % loss, black hole: exact and located runs of 100', hole.exact, '', { least: 99 }),
    row('... the longest of them', hole.longest / 1000, 's'),
  ];
}

export async function* run() {
  yield* await onThePath();
  yield* await underLoss();
}
