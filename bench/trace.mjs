// Traceroute through a simulated internet behind a TUN device: time to the result, beside traceroute and mtr; many targets.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inTurns, median, row } from './measure/figures.mjs';
import { benchFolder, compile, root, runJson, run as runProgram } from './measure/processes.mjs';

const ROUNDS = 5;
const TARGET = '198.18.0.1';
const LONG_HOPS = 30;
/** One way, a hop: 150 ms to the end and back. */
const LONG_DELAY_US = 2500;
const LONGEST_RTT_MS = 150;
const SILENT = '4,9,15,22,28';
const MANY = 1000;
const MANY_HOPS = 12;
const MANY_DELAY_US = 1000;

const node = process.execPath;

/** Runs `use` with a simulated internet on 198.18.0.0/15. */
async function within(args, use) {
  const program = await compile('simulated_paths');
  const device = `paths${process.pid}`;
  const internet = spawn(program, [device, ...args.map(String)], { stdio: ['ignore', 'ignore', 'pipe'] });
  const closed = once(internet, 'close');
  try {
    await once(internet.stderr, 'data');
    await runProgram('ip', ['address', 'add', '192.0.2.1/32', 'dev', device]);
    await runProgram('ip', ['link', 'set', device, 'up']);
    await runProgram('ip', ['route', 'add', '198.18.0.0/15', 'dev', device, 'src', '192.0.2.1']);
    return await use();
  } finally {
    internet.kill();
    await closed;
  }
}

const one = () => runJson(node, [`${benchFolder}measure/trace-one.mjs`, TARGET]);
const seconds = async (command, args) => (await runProgram(command, args, { allowFailure: true })).seconds;
const traceCommand = () => seconds(node, [`${root}bin/subsocket.js`, 'trace', '-n', TARGET]);

async function timesToResult(expectedSilent) {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { elapsed, reached, hops, silent } = await one();
    if (!reached || hops !== LONG_HOPS || silent !== expectedSilent) {
      throw new Error(`the trace is wrong: ${JSON.stringify({ reached, hops, silent })}`);
    }
    times.push(elapsed / LONGEST_RTT_MS);
  }
  return median(times);
}

/** Whole processes, start-up included. mtr takes many seconds, so once is enough. */
async function besidePeers() {
  const wholes = await inTurns(ROUNDS, {
    subsocket: traceCommand,
    traceroute: () => seconds('traceroute', ['-n', TARGET]),
  });
  const mtr = await seconds('mtr', ['-n', '-r', '-c', '3', TARGET]);
  return [
    row('... the whole process, against traceroute', wholes.traceroute / wholes.subsocket, 'x', { least: 1 }),
    row('... the whole process, against mtr -r -c 3', mtr / wholes.subsocket, 'x', { least: 1 }),
  ];
}

async function longPath() {
  return within([LONG_HOPS, LONG_DELAY_US], async () => {
    const ours = await timesToResult(0);
    return [
      row('30 hops, 150 ms, all answering: time to the result, against the largest RTT', ours, 'x', { most: 2 }),
      ...(await besidePeers()),
    ];
  });
}

async function silentHops() {
  return within([LONG_HOPS, LONG_DELAY_US, SILENT], async () => {
    const ours = await timesToResult(3 * SILENT.split(',').length);
    return [row('... with five silent hops', ours, 'x', { most: 3.5 }), ...(await besidePeers())];
  });
}

async function manyTargets() {
  return within([MANY_HOPS, MANY_DELAY_US], async () => {
    const told = await runJson(node, [`${benchFolder}measure/trace-many.mjs`, String(MANY)]);
    return [
      row('1,000 destinations of 12 hops', told.seconds, 's', { most: 20 }),
      row('... reached, with the right number of hops', told.reached, '', { least: MANY }),
      row('... probes shown as lost, though none was', told.silences, '', { most: 0 }),
    ];
  });
}

export async function* run() {
  yield* await longPath();
  yield* await silentHops();
  yield* await manyTargets();
}
