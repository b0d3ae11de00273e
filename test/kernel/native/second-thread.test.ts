import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { Exchange } from '../../../src/io/exchange.js';
import { MessageBatch } from '../../../src/io/message-batch.js';
import { native } from '../../../src/io/native.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { Descriptors, families, must, nameOf, ready } from '../../support/kernel/loopback.js';

const run = promisify(execFile);
const addon = fileURLToPath(new URL('../../../build/Release/subsocket.node', import.meta.url));
const { SOF_TIMESTAMPING_TX_SOFTWARE, SOF_TIMESTAMPING_SOFTWARE } = LINUX;

const newBatch = (slots: number, payloadBytes = 64): MessageBatch => new MessageBatch({ slots, payloadBytes });

/** Messages of four bytes each, numbered from `first` on, all for one destination. */
function fill(batch: MessageBatch, name: Uint8Array, first = 0): void {
  const { payload, payloadStride, names, nameStride } = batch;
  const view = new DataView(payload.buffer, payload.byteOffset);
  for (let slot = 0; slot < batch.slots; slot++) {
    view.setUint32(slot * payloadStride, first + slot);
    names.set(name, slot * nameStride);
    batch.lengths[slot] = 4;
    batch.nameLengths[slot] = name.length;
    batch.controlLengths[slot] = 0;
  }
}

function numbersOf(batch: MessageBatch, count: number): number[] {
  const view = new DataView(batch.payload.buffer, batch.payload.byteOffset);
  return Array.from({ length: Math.max(0, count) }, (_, slot) => view.getUint32(slot * batch.payloadStride));
}

it.each(families)('sends, and takes what had come by then, beside JavaScript, family %i', async family => {
  using descriptors = new Descriptors();
  const [one, other] = [descriptors.udp(family), descriptors.udp(family)];
  const stamping = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  must(native().setIntegerOption(one.descriptor, LINUX.SOL_SOCKET, LINUX.SO_TIMESTAMPING, stamping));
  const [out, incoming, stamps] = [newBatch(8), newBatch(16), newBatch(16, 256)];
  const exchange = new Exchange(out, incoming, stamps);
  fill(out, nameOf(family, one.port), 100);
  out.send(other.descriptor, 0, 8);
  await ready(one.descriptor);

  fill(out, nameOf(family, other.port));
  const before = native().monotonicNow();
  exchange.begin(one.descriptor, 8);
  exchange.finish();
  expect(exchange.begunAt).toBeGreaterThanOrEqual(before);
  expect(exchange.endedAt).toBeGreaterThan(exchange.begunAt);
  expect(exchange.endedAt).toBeLessThanOrEqual(native().monotonicNow());
  expect(exchange.sent).toBe(8);
  expect([...out.results]).toEqual(Array(8).fill(4));
  expect(numbersOf(incoming, exchange.messages)).toEqual([100, 101, 102, 103, 104, 105, 106, 107]);
  expect(exchange.errors).toBe(8);
  for (let slot = 0; slot < 8; slot++) expect(stamps.stamps[slot]).toBeGreaterThan(0);

  await ready(other.descriptor);
  expect(numbersOf(incoming, incoming.receive(other.descriptor, 0))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

it('finds nothing where nothing has come, and looks at no error queue without a batch for it', () => {
  using descriptors = new Descriptors();
  const [one, other] = [descriptors.udp(4), descriptors.udp(4)];
  const out = newBatch(8);
  const exchange = new Exchange(out, newBatch(8), undefined);
  fill(out, nameOf(4, other.port));
  exchange.begin(one.descriptor, 8);
  exchange.finish();
  expect([exchange.sent, exchange.messages, exchange.errors]).toEqual([8, 0, 0]);
});

it('does exchanges in the order of their beginning, loses nothing and takes nothing twice', async () => {
  using descriptors = new Descriptors();
  const { descriptor, port } = descriptors.udp(4);
  const lines = Array.from({ length: 3 }, () => {
    const [out, incoming] = [newBatch(16), newBatch(64)];
    return { out, incoming, exchange: new Exchange(out, incoming, undefined) };
  });
  const underway: typeof lines = [];
  let [next, sent] = [0, 0];
  const finishOldest = (): void => {
    const oldest = underway.shift();
    if (oldest === undefined) return;
    oldest.exchange.finish();
    expect(oldest.exchange.sent).toBe(16);
    for (const number of numbersOf(oldest.incoming, oldest.exchange.messages)) expect(number).toBe(next++);
    lines.push(oldest);
  };
  for (let round = 0; round < 5000; round++) {
    const line = lines.shift();
    if (line === undefined) throw new Error('three are enough');
    fill(line.out, nameOf(4, port), sent);
    sent += 16;
    line.exchange.begin(descriptor, 16);
    underway.push(line);
    if (underway.length === 3) finishOldest();
  }
  while (underway.length > 0) finishOldest();
  const rest = newBatch(64);
  while (next < sent) {
    await ready(descriptor);
    for (const number of numbersOf(rest, rest.receive(descriptor, 0))) expect(number).toBe(next++);
  }
  expect(rest.receive(descriptor, 0)).toBe(-LINUX.EAGAIN);
});

it("goes on behind a slot that fails, and tells each one's fate", () => {
  using descriptors = new Descriptors();
  const { descriptor, port } = descriptors.udp(4);
  const out = newBatch(4);
  const exchange = new Exchange(out, newBatch(8), undefined);
  fill(out, nameOf(4, port));
  out.names.set(nameOf(4, port, '255.255.255.255'), out.nameStride);
  out.nameLengths[3] = 3;
  exchange.begin(descriptor, 4);
  exchange.finish();
  expect(exchange.sent).toBe(4);
  expect([...out.results]).toEqual([4, -LINUX.EACCES, 4, -LINUX.EINVAL]);
});

it('never goes beyond its slots, and tells fates where the socket itself is of no use', () => {
  const [out, incoming, errors] = [newBatch(3), newBatch(3), newBatch(3)];
  const exchange = new Exchange(out, incoming, errors);
  fill(out, nameOf(4, 9));
  exchange.begin(-1, 100);
  exchange.finish();
  expect([exchange.sent, exchange.messages, exchange.errors]).toEqual([3, 0, 0]);
  expect([...out.results]).toEqual(Array(3).fill(-LINUX.EBADF));
});

/** What a program sees of itself that sends and receives a thousand times, and of its threads of ours. */
const PROGRAM = `
  const { readdirSync, readFileSync } = require('node:fs');
  const slots = 8;
  const newBatch = () => new native.MessageBatch({
    slots, payloadStride: 64, nameStride: 32, controlStride: 64,
    payload: new Uint8Array(slots * 64), names: new Uint8Array(slots * 64), control: new Uint8Array(slots * 64),
    lengths: new Uint32Array(slots).fill(32), nameLengths: new Uint32Array(slots),
    controlLengths: new Uint32Array(slots), flags: new Uint32Array(slots),
    results: new Int32Array(slots), stamps: new Float64Array(slots), origins: new Uint8Array(slots), errorData: new Uint32Array(slots), resends: 0,
  });
  const pair = new Int32Array(2);
  native.socketPair(native.constants.AF_UNIX, native.constants.SOCK_DGRAM, 0, pair);
  const [sender, receiver] = pair;
  const exchange = new native.Exchange(newBatch(), newBatch(), null);
  const outcome = new Float64Array(5);
  let received = 0;
  for (let round = 0; round < 500; round++) {
    for (const descriptor of pair) {
      exchange.begin(descriptor, slots);
      exchange.finish(outcome);
      received += Math.max(0, outcome[1]);
    }
  }
  const threads = readdirSync('/proc/self/task').filter(
    task => readFileSync('/proc/self/task/' + task + '/comm', 'utf8') === 'subsocket\\n');
`;

function ourThreads(): number {
  return readdirSync('/proc/self/task').filter(task => {
    return readFileSync(`/proc/self/task/${task}/comm`, 'utf8') === 'subsocket\n';
  }).length;
}

it('keeps one thread a worker, which ends with it', async () => {
  const before = ourThreads();
  const source = `const { parentPort, workerData } = require('node:worker_threads');
    const native = require(workerData); ${PROGRAM} parentPort.postMessage(received); setInterval(() => {}, 1000);`;
  const workers = Array.from({ length: 3 }, () => new Worker(source, { eval: true, workerData: addon }));
  const posted = await Promise.all(workers.map(worker => new Promise(resolve => worker.once('message', resolve))));
  expect(posted).toEqual(Array(3).fill(999 * 8));
  expect(ourThreads()).toBe(before + 3);
  await Promise.all(workers.map(worker => worker.terminate()));
  expect(ourThreads()).toBe(before);
});

it('does both on one thread where there is one processor', async () => {
  const [processor] = /Cpus_allowed_list:\t(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.slice(1) ?? [];
  const program = `const native = require(process.argv[1]); ${PROGRAM} console.log(received, threads.length);`;
  const { stdout } = await run('taskset', ['-c', processor ?? '', process.execPath, '-e', program, addon]);
  expect(stdout).toBe(`${999 * 8} 0\n`);
});
