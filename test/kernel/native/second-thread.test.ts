import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
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

it.each(families)('takes all that had come while it sends, family %i', async family => {
  using descriptors = new Descriptors();
  const [one, other] = [descriptors.udp(family), descriptors.udp(family)];
  const stamping = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  must(native().setIntegerOption(one.descriptor, LINUX.SOL_SOCKET, LINUX.SO_TIMESTAMPING, stamping));
  const [out, incoming, stamps] = [newBatch(8), newBatch(16), newBatch(16, 256)];
  const received = new Int32Array(2);
  fill(out, nameOf(family, other.port));
  expect(out.sendWhileReceiving(one.descriptor, 8, incoming, undefined, received)).toBe(8);
  expect([...out.results]).toEqual(Array(8).fill(4));
  expect([...received]).toEqual([-LINUX.EAGAIN, 0]);

  fill(out, nameOf(family, one.port), 100);
  out.send(other.descriptor, 0, 8);
  await ready(one.descriptor);
  fill(out, nameOf(family, other.port), 8);
  out.sendWhileReceiving(one.descriptor, 8, incoming, stamps, received);
  expect(numbersOf(incoming, received[0] ?? 0)).toEqual([100, 101, 102, 103, 104, 105, 106, 107]);
  expect(received[1]).toBeGreaterThanOrEqual(8);
  for (let slot = 0; slot < 8; slot++) expect(stamps.stamps[slot]).toBeGreaterThan(0);

  await ready(other.descriptor);
  expect(numbersOf(incoming, incoming.receive(other.descriptor, 0))).toEqual(Array.from({ length: 16 }, (_, n) => n));
});

it('loses nothing and takes nothing twice, whatever the two threads do first', async () => {
  using descriptors = new Descriptors();
  const { descriptor, port } = descriptors.udp(4);
  const [out, incoming] = [newBatch(16), newBatch(64)];
  const received = new Int32Array(2);
  let next = 0;
  for (let round = 0; round < 5000; round++) {
    fill(out, nameOf(4, port), round * 16);
    expect(out.sendWhileReceiving(descriptor, 16, incoming, undefined, received)).toBe(16);
    for (const number of numbersOf(incoming, received[0] ?? 0)) expect(number).toBe(next++);
  }
  while (next < 5000 * 16) {
    await ready(descriptor);
    for (const number of numbersOf(incoming, incoming.receive(descriptor, 0))) expect(number).toBe(next++);
  }
  expect(incoming.receive(descriptor, 0)).toBe(-LINUX.EAGAIN);
});

it("goes on behind a slot that fails, and tells each one's fate", () => {
  using descriptors = new Descriptors();
  const { descriptor, port } = descriptors.udp(4);
  const [out, incoming] = [newBatch(4), newBatch(8)];
  fill(out, nameOf(4, port));
  out.names.set(nameOf(4, port, '255.255.255.255'), out.nameStride);
  out.nameLengths[3] = 3;
  expect(out.sendWhileReceiving(descriptor, 4, incoming, undefined, new Int32Array(2))).toBe(4);
  expect([...out.results]).toEqual([4, -LINUX.EACCES, 4, -LINUX.EINVAL]);
});

it('tells both fates where the socket itself is of no use', () => {
  const [out, incoming, errors] = [newBatch(3), newBatch(3), newBatch(3)];
  const received = new Int32Array(2);
  fill(out, nameOf(4, 9));
  expect(out.sendWhileReceiving(-1, 3, incoming, errors, received)).toBe(3);
  expect([...out.results]).toEqual(Array(3).fill(-LINUX.EBADF));
  expect([...received]).toEqual([-LINUX.EBADF, -LINUX.EBADF]);
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
    results: new Int32Array(slots), stamps: new Float64Array(slots),
  });
  const pair = new Int32Array(2);
  native.socketPair(native.constants.AF_UNIX, native.constants.SOCK_DGRAM, 0, pair);
  const [sender, receiver] = pair;
  const [outgoing, incoming] = [newBatch(), newBatch()];
  const counts = new Int32Array(2);
  let received = 0;
  for (let round = 0; round < 500; round++) {
    for (const descriptor of pair) {
      outgoing.sendWhileReceiving(descriptor, slots, incoming, null, counts);
      received += Math.max(0, counts[0]);
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
