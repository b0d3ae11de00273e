// Receives at a high rate in a worker, in batches that are lent and not copied; the main thread stays free and is told
// the counts. node examples/high-rate-receiver.mjs [PORT] [SECONDS]
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { DatagramSocket } from 'subsocket';

const REPORT_MILLISECONDS = 200;

function receive({ port }) {
  const socket = DatagramSocket.open({
    bind: { port },
    // What is not asked for costs nothing; a large buffer bridges the moments in which this thread does something else.
    ancillary: ['drops'],
    // A turn a millisecond, and not one for every few datagrams.
    coalesce: 1,
    options: { SO_RCVBUF: 4 << 20 },
  });
  let datagrams = 0;
  let bytes = 0;
  socket.receiveBatches(batch => {
    // Nothing of the batch may be kept: its memory is for the next one.
    for (let index = 0; index < batch.count; index++) bytes += batch.size(index);
    datagrams += batch.count;
  });
  parentPort?.postMessage({ port: socket.localAddress.port });
  setInterval(() => parentPort?.postMessage({ datagrams, bytes, drops: socket.drops }), REPORT_MILLISECONDS);
}

function watch() {
  const [, , port = '0', seconds = '2'] = process.argv;
  const worker = new Worker(new URL(import.meta.url), { workerData: { port: Number(port) } });
  let last;
  const end = async () => {
    await worker.terminate();
    console.log(`${last?.datagrams ?? 0} datagrams, ${last?.bytes ?? 0} bytes, ${last?.drops ?? 0} dropped`);
  };
  worker.on('message', report => {
    if (report.port === undefined) {
      last = report;
    } else {
      console.log(`port ${report.port}`);
      setTimeout(end, Number(seconds) * 1000);
    }
  });
}

if (isMainThread) watch();
else receive(workerData);
