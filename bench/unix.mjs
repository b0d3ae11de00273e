// Unix-domain sockets between two processes: descriptor passes, datagrams and bytes a second, beside the same in plain C.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { datagramPair, socketPair } from '../dist/index.js';
import { inTurns, row } from './measure/figures.mjs';
import { compile, run as runProgram } from './measure/processes.mjs';

const end = fileURLToPath(new URL('measure/unix-end.mjs', import.meta.url));
const unixDgram = fileURLToPath(new URL('peers/unix-dgram.cjs', import.meta.url));
const ROUNDS = 5;
const AMOUNTS = { passes: 500_000, bytes: 8e9, datagrams: 3_000_000, objects: 2_000_000, unixDgram: 200_000 };

/** Two processes at the ends of a pair; what the receiver measured. */
async function measure(what) {
  const [one, other] = what === 'datagrams' || what === 'objects' ? datagramPair() : socketPair();
  const [sending, receiving] = [one.detach(), other.detach()];
  const stdio = descriptor => ['ignore', 'pipe', 'inherit', descriptor.fd];
  const args = direction => [end, direction, what, String(AMOUNTS[what])];
  try {
    return await exchange(args, stdio(receiving), stdio(sending));
  } finally {
    receiving.close();
    sending.close();
  }
}

/** The same with the npm package unix-dgram. */
async function measureUnixDgram() {
  const folder = mkdtempSync(join(tmpdir(), 'subsocket-bench-'));
  const args = direction => [unixDgram, direction, join(folder, 'receiver'), String(AMOUNTS.unixDgram)];
  const stdio = ['ignore', 'pipe', 'inherit', 'ignore'];
  try {
    return await exchange(args, stdio, stdio);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a receiver, and when that is ready a sender. */
async function exchange(args, receiverStdio, senderStdio) {
  const receiver = spawn(process.execPath, args('receive'), { stdio: [...receiverStdio, 'ipc'] });
  await once(receiver, 'message');
  const sender = spawn(process.execPath, args('send'), { stdio: senderStdio });
  let text = '';
  receiver.stdout.setEncoding('utf8').on('data', part => (text += part));
  await once(receiver, 'close');
  sender.kill();
  if (sender.exitCode === null && sender.signalCode === null) await once(sender, 'exit');
  return JSON.parse(text).rate;
}

async function measureC(program, what, amount) {
  const { stdout } = await runProgram(program, [what, String(amount)]);
  return Number(stdout);
}

export async function run() {
  const limit = await compile('unix_limit');
  const rates = await inTurns(ROUNDS, {
    passes: () => measure('passes'),
    passesC: () => measureC(limit, 'passes', AMOUNTS.passes),
    bytes: () => measure('bytes'),
    bytesC: () => measureC(limit, 'bytes', AMOUNTS.bytes),
    datagrams: () => measure('datagrams'),
    objects: () => measure('objects'),
    unixDgram: measureUnixDgram,
    datagramsC: () => measureC(limit, 'datagrams', AMOUNTS.datagrams),
    batchesC: () => measureC(limit, 'datagram-batches', AMOUNTS.datagrams),
  });
  return [
    row('descriptor passes through our streams, in batches', rates.passes, '/s', { least: 60_000 }),
    row('descriptor passes in C, one a message', rates.passesC, '/s'),
    row('stream bytes', rates.bytes / 1e9, 'GB/s'),
    row('stream bytes, against a C loop', rates.bytes / rates.bytesC, 'x', { least: 0.7 }),
    row('datagrams of 64 bytes, as objects', rates.objects, '/s'),
    row('datagrams of 64 bytes, in batches', rates.datagrams, '/s'),
    row('datagrams, the npm package unix-dgram', rates.unixDgram, '/s'),
    row('datagrams in batches, against unix-dgram', rates.datagrams / rates.unixDgram, 'x', { least: 2 }),
    row('datagrams as objects, against unix-dgram', rates.objects / rates.unixDgram, 'x'),
    row('datagrams, against a C loop', rates.datagrams / rates.datagramsC, 'x', { least: 0.7 }),
    row('datagrams, against a C loop in batches', rates.datagrams / rates.batchesC, 'x'),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await run());
