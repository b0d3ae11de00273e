// Datagrams of 64 bytes on loopback, beside C loops over recvmmsg(2) and sendmmsg(2), and beside Node's dgram.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { inTurns, median, row } from './measure/figures.mjs';
import { benchFolder, compile, runJson } from './measure/processes.mjs';

const SECONDS = 4;
const ROUNDS = 3;
const script = name => `${benchFolder}measure/${name}.mjs`;

/** Starts a receiver; gives its port, and what it reports at its end. */
async function startReceiver(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  const port = Number(/^port (\d+)$/.exec(first.value)?.[1]);
  return { port, report: async () => JSON.parse((await lines.next()).value), end: () => child.stdin.end() };
}

/** CPU microseconds, user and system, that a receiver used for each datagram of a C sender's flood. */
async function receive(limit, lateness, command, args) {
  const receiver = await startReceiver(command, args);
  await runJson(limit, ['send', String(receiver.port), String(SECONDS)]);
  const { count, cpuSeconds, timerP99 } = await receiver.report();
  if (timerP99 !== undefined) lateness[args[1]] = [...(lateness[args[1]] ?? []), timerP99];
  return (cpuSeconds / count) * 1e6;
}

/**
 * Thousands of datagrams that a sender got rid of in a second of CPU. They go to a socket that nobody reads, because to wake a
 * reader costs the sender as much again, more or less as the reader keeps up. All senders are one thread that never waits,
 * so that this is their rate.
 */
async function send(limit, command, args) {
  const receiver = await startReceiver(limit, ['sink']);
  const { count, cpuSeconds } = await runJson(command, [...args, String(receiver.port), String(SECONDS)]);
  receiver.end();
  return count / cpuSeconds / 1000;
}

export async function* run() {
  const limit = await compile('datagram_limit');
  const lateness = {};
  const library = (how, ancillary, coalesce) => () =>
    receive(limit, lateness, process.execPath, [script('datagram-receive'), how, ancillary, String(coalesce)]);
  const received = await inTurns(ROUNDS, {
    c: () => receive(limit, lateness, limit, ['receive']),
    cAncillary: () => receive(limit, lateness, limit, ['receive', 'ancillary']),
    atOnce: library('batches', 'all', 0),
    batches: library('batches', 'none', 1),
    batchesAncillary: library('batches', 'all', 1),
    objectsAtOnce: library('objects', 'all', 0),
    objects: library('objects', 'all', 1),
    dgram: library('dgram', 'none', 0),
  });
  const used = (what, key) => row(`receive, ${what}: CPU a datagram`, received[key], 'us');
  yield used('a C recvmmsg loop', 'c');
  yield used('the same with all ancillary data', 'cAncillary');
  yield used("Node's dgram, empty handler", 'dgram');
  yield used('batches with all ancillary data, read at once', 'atOnce');
  yield used('batches, read once a millisecond', 'batches');
  yield used('batches with all ancillary data, read once a millisecond', 'batchesAncillary');
  yield used('objects with all ancillary data, read at once', 'objectsAtOnce');
  yield used('objects with all ancillary data, read once a millisecond', 'objects');
  const ratio = (what, key, base, most) =>
    row(`receive, ${what}`, received[key] / received[base], 'x', most === undefined ? {} : { most });
  yield ratio('batches: of the C loop', 'batches', 'c', 1.5);
  yield ratio('batches with all ancillary data: of the C loop with it', 'batchesAncillary', 'cAncillary', 1.5);
  yield ratio("batches: of Node's dgram", 'batches', 'dgram', 0.4);
  yield ratio("objects with all ancillary data: of Node's dgram", 'objects', 'dgram', 0.6);
  yield ratio("batches with all ancillary data, read at once: of Node's dgram", 'atOnce', 'dgram');
  yield ratio("objects with all ancillary data, read at once: of Node's dgram", 'objectsAtOnce', 'dgram');
  yield row('receive, batches: how late a timer is, p99', median(lateness.batches), 'ms', { most: 20 });
  yield row('receive, objects: how late a timer is, p99', median(lateness.objects), 'ms', { most: 20 });
  const sender = how => () => send(limit, process.execPath, [script('datagram-send'), how]);
  const sent = await inTurns(ROUNDS, {
    c: () => send(limit, limit, ['send']),
    batches: sender('batches'),
    joined: sender('joined'),
    segments: sender('segments'),
    dgram: sender('dgram'),
  });
  yield row('send, a C sendmmsg loop: in a second of CPU', sent.c, 'k');
  yield row("send, Node's dgram: in a second of CPU", sent.dgram, 'k');
  yield row('send, batches: of the C loop', sent.batches / sent.c, 'x', { least: 0.85 });
  yield row("send, batches: of Node's dgram", sent.batches / sent.dgram, 'x', { least: 2 });
  yield row("send, batches with sendOffload: of Node's dgram", sent.joined / sent.dgram, 'x');
  yield row('send, segments cut by the kernel: of the C loop without', sent.segments / sent.c, 'x', { least: 3 });
}
