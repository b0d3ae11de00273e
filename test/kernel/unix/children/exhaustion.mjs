// Run under `prlimit --nofile`: receives more descriptors than this process may have open, and tells what became of them.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync } from 'node:fs';
import { DescriptorsLostError, seqpacketPair, socketPair } from '../../../../dist/index.js';

const [kind] = process.argv.slice(2);
const open = () => readdirSync('/proc/self/fd').length - 1;
const LIMIT = open() + 40;
const report = [];

/** Node raises its limit as it starts, so the limit is set from outside, now. */
function limitDescriptors() {
  execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${LIMIT}:${LIMIT}`]);
}

async function stream() {
  const [here, there] = socketPair();
  const file = openSync('/dev/null', 'r');
  limitDescriptors();
  const before = open();
  there.on('error', () => {});
  await here.send('all of them', { descriptors: Array(253).fill(file) });
  const error = await there.receive().catch(reason => reason);
  report.push(
    error instanceof DescriptorsLostError,
    error.code,
    String(error.data),
    error.arrived > 0 && error.arrived < 253,
  );
  report.push(there.destroyed, open() <= before);
  here.destroy();
  closeSync(file);
}

async function reported() {
  const [here, there] = socketPair({ lostDescriptors: 'report' });
  const file = openSync('/dev/null', 'r');
  limitDescriptors();
  await here.send('a', { descriptors: Array(253).fill(file) });
  const message = await there.receive();
  report.push(message.descriptorsLost, message.descriptors.length > 0 && message.descriptors.length < 253);
  message.close();
  await here.send('b', { descriptors: [file] });
  const next = await there.receive();
  report.push(String(next.data), next.descriptorsLost, next.descriptors.length);
  next.close();
}

async function seqpacket() {
  const [here, there] = seqpacketPair();
  const file = openSync('/dev/null', 'r');
  limitDescriptors();
  const before = open();
  await here.send('lost', { descriptors: Array(253).fill(file) });
  const error = await there.receive().catch(reason => reason);
  report.push(error.code, open() === before);
  await here.send('whole', { descriptors: [file] });
  const message = await there.receive();
  report.push(String(message.data), message.descriptors.length);
  message.close();
}

/** A loss in the middle of what one call reads, with no 'error' listener: what came before it and after it is whole. */
async function many() {
  const [here, there] = seqpacketPair();
  const file = openSync('/dev/null', 'r');
  limitDescriptors();
  const before = open();
  await here.send('before', { descriptors: [file] });
  await here.send('lost', { descriptors: Array(253).fill(file) });
  await here.send('after');
  for (let call = 0; call < 3; call++) {
    const told = await there.receiveMany().catch(reason => [reason]);
    for (const item of told) {
      report.push(item.code ?? `${item.data} with ${item.descriptors.length}`);
      item.close?.();
    }
    if (call === 0) report.push(open() === before);
  }
}

/** The stream ends with the loss, but not before what came whole has been had. */
async function manyOfStream() {
  const [here, there] = socketPair();
  const file = openSync('/dev/null', 'r');
  limitDescriptors();
  there.on('error', () => {});
  await here.sendMany([
    { data: 'before', descriptors: [file] },
    { data: 'lost', descriptors: Array(253).fill(file) },
  ]);
  const [message] = await there.receiveMany();
  report.push(`${message.data} with ${message.descriptors.length}`, message.descriptors[0].closed);
  report.push((await there.receiveMany().catch(reason => reason)).code, there.destroyed);
}

/** Of several that wait, one is told of one loss. */
async function waiting() {
  const [here, there] = seqpacketPair();
  const file = openSync('/dev/null', 'r');
  limitDescriptors();
  const received = [there.receive(), there.receive()].map(wait => wait.catch(reason => reason));
  await here.send('lost', { descriptors: Array(253).fill(file) });
  await here.send('whole');
  for (const item of await Promise.all(received)) report.push(item.code ?? String(item.data));
}

/** Each message fits, and is closed before the next: no limit is ever met. */
async function level() {
  const [here, there] = socketPair();
  const file = openSync('/dev/null', 'r');
  limitDescriptors();
  const before = open();
  let passed = 0;
  for (let round = 0; round < 2000; round++) {
    const sent = here.send('x', { descriptors: Array(20).fill(file) });
    const message = await there.receive();
    passed += message.descriptors.length;
    message.close();
    await sent;
  }
  report.push(passed, open() - before);
}

await { stream, reported, seqpacket, many, manyOfStream, waiting, level }[kind]();
console.log(JSON.stringify(report));
process.exit();
