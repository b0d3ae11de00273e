// Ping: throughput beside the C loop, fping, net-ping and raw-socket; CPU and memory; accuracy; start-up.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inTurns, median, row } from './measure/figures.mjs';
import { benchFolder, compile, root, runJson, run as runProgram } from './measure/processes.mjs';

const ROUNDS = 5;
const MANY = 1_000_000;
const SEVERAL = 65_534;
/** The Node peers are slow enough that fewer targets give a steady figure. */
const FEW = 30_000;
const PROBES_ON_ONE_SOCKET = 500_000;
const ACCURACY_ROUNDS = 3;

const node = process.execPath;
const command = `${root}bin/subsocket.js`;
const massPing = (...args) => runJson(node, [`${benchFolder}measure/mass-ping.mjs`, ...args.map(String)]);
const peer = name => runJson(node, [`${benchFolder}peers/${name}.cjs`, String(FEW)]);

async function fping() {
  const { seconds } = await runProgram('fping', ['-q', '-i', '0', '-r', '0', '-g', '127.0.0.0/16'], {
    allowFailure: true,
  });
  return SEVERAL / seconds;
}

async function throughput() {
  const limit = await compile('echo_limit');
  const rates = await inTurns(ROUNDS, {
    subsocket: async () => perSecond(await massPing(MANY)),
    unstamped: async () => perSecond(await massPing(MANY, 'no-transmit-stamps')),
    limit: async () => perSecond(await runJson(limit, [String(MANY)])),
    fping,
    'net-ping': async () => perSecond(await peer('net-ping')),
    'raw-socket': async () => perSecond(await peer('raw-socket')),
  });
  return [
    row('mass ping of a million, echoes a second', rates.subsocket, '/s'),
    row('... against a C loop with the same stamps', rates.subsocket / rates.limit, 'x', { least: 0.9 }),
    row('... against fping -i 0 (which takes no transmit stamps)', rates.subsocket / rates.fping, 'x', { least: 1.6 }),
    row('... without transmit stamps, against fping -i 0', rates.unstamped / rates.fping, 'x'),
    row('... against net-ping', rates.subsocket / rates['net-ping'], 'x', { least: 3.5 }),
    row('... against a loop on raw-socket', rates.subsocket / rates['raw-socket'], 'x'),
  ];
}

function perSecond({ answered, seconds }) {
  return answered / seconds;
}

async function resources() {
  const several = await massPing(SEVERAL);
  const many = [];
  while (many.length < ROUNDS) many.push(await massPing(MANY));
  const userMicroseconds = ({ userSeconds, answered }) => (userSeconds / answered) * 1e6;
  return [
    row('user CPU a probe', median(many.map(userMicroseconds)), 'us', { most: 1 }),
    row('resident memory, 65,534 targets', several.residentMegabytes, 'MB', { most: 110 }),
    row('resident memory, 1,000,000 targets', Math.max(...many.map(run => run.residentMegabytes)), 'MB', { most: 250 }),
    row('targets that answered, of 1,000,000', Math.min(...many.map(run => run.answered)), '', { least: MANY }),
  ];
}

async function oneSocket() {
  const { received, seconds } = await runJson(node, [
    `${benchFolder}measure/one-target.mjs`,
    String(PROBES_ON_ONE_SOCKET),
  ]);
  return [
    row('answers to 500,000 probes on one socket', received, '', { least: PROBES_ON_ONE_SOCKET }),
    row('... within', seconds, 's', { most: 10 }),
  ];
}

/** A packet tap tells how long each answer really took; what remains of the reported time is the error. */
async function accuracy(block) {
  const all = [];
  for (let round = 0; round < ACCURACY_ROUNDS; round++) all.push(...(await errorsOfOneRun(block)));
  return percentile(all, 0.99);
}

async function errorsOfOneRun(block) {
  const program = await compile('delayed_echo');
  const [device, probes] = [`bench${process.pid}`, 1000];
  const echo = spawn(program, [device, '20000', String(probes)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let truth = '';
  echo.stdout.setEncoding('utf8').on('data', text => (truth += text));
  const closed = once(echo, 'close');
  await once(echo.stderr, 'data');
  try {
    await runProgram('ip', ['address', 'add', '10.99.0.1/24', 'dev', device]);
    await runProgram('ip', ['link', 'set', device, 'up']);
    const trips = await runJson(node, [
      `${benchFolder}measure/blocked-ping.mjs`,
      '10.99.0.2',
      String(probes),
      String(block),
    ]);
    await closed;
    return errors(truth, trips);
  } finally {
    echo.kill();
  }
}

function errors(truth, trips) {
  const lines = truth.trim().split('\n');
  return lines.map(line => {
    const [sequence, took] = line.split(' ').map(Number);
    return Math.abs(trips[sequence] - took / 1e6);
  });
}

function percentile(values, share) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

async function startUp() {
  const time = async args => (await runProgram(node, args)).seconds;
  const [empty, ping] = [[], []];
  for (let round = 0; round < 20; round++) {
    empty.push(await time(['-e', '0']));
    ping.push(await time([command, 'ping', '-c', '1', '127.0.0.1']));
  }
  return [
    row('subsocket ping -c 1 127.0.0.1, whole process, against node -e 0', median(ping) / median(empty), 'x', {
      most: 2,
    }),
  ];
}

export async function* run() {
  yield* await throughput();
  yield* await resources();
  yield* await oneSocket();
  yield row('RTT error on a 20 ms path, loop free, p99', await accuracy(0), 'ms', { most: 0.1 });
  yield row('RTT error on a 20 ms path, loop blocked 50 ms at a time, p99', await accuracy(50), 'ms', { most: 0.1 });
  yield* await startUp();
}
