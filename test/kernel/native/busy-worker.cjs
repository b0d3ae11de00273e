// What a worker does that is to be terminated: it opens descriptors of every kind, and receives without end. Run as text,
// with the addon's path as its data.
const { parentPort, workerData } = require('node:worker_threads');

const UV_READABLE = 1;
const UV_WRITABLE = 2;
const native = require(workerData);
const LINUX = native.constants;

const slots = 8;

/** A batch over fresh memory of a few slots. */
function newBatch() {
  const memory = { slots, payloadStride: 64, nameStride: 32, controlStride: 64, resends: 0 };
  for (const name of ['payload', 'names', 'control']) memory[name] = new Uint8Array(slots * 64);
  for (const name of ['lengths', 'nameLengths', 'controlLengths', 'flags', 'errorData'])
    memory[name] = new Uint32Array(slots);
  memory.results = new Int32Array(slots);
  memory.stamps = new Float64Array(slots);
  memory.origins = new Uint8Array(slots);
  memory.lengths.fill(32);
  return { memory, native: new native.MessageBatch(memory) };
}

/** Descriptors that wait for nothing, one with a stopped and one with a closed poller. */
function openIdle() {
  const socket = () => native.socket(LINUX.AF_INET6, LINUX.SOCK_DGRAM, 0);
  native.duplicate(socket());
  const stopped = new native.Poller(socket(), () => undefined);
  stopped.start(UV_READABLE);
  stopped.stop();
  const closed = new native.Poller(socket(), () => undefined);
  closed.start(UV_READABLE);
  closed.close();
}

/**
 * A pair whose one end sends whenever it can, on the second thread and two batches at a time, and whose other end receives and
 * sends back what the first one then receives: traffic without end.
 */
function startTraffic() {
  const pair = new Int32Array(2);
  native.socketPair(LINUX.AF_UNIX, LINUX.SOCK_DGRAM, 0, pair);
  const [sender, receiver] = pair;
  const echo = newBatch();
  const reader = new native.Poller(receiver, () => {
    for (let count = 1; count > 0; ) {
      count = echo.native.receive(receiver, 0);
      if (count > 0) echo.native.send(receiver, 0, count, 0);
    }
  });
  reader.start(UV_READABLE);
  const exchanges = [0, 1].map(() => new native.Exchange(newBatch().native, newBatch().native, null));
  const outcome = new Float64Array(5);
  let told = false;
  const begin = exchange => exchange.begin(sender, slots);
  const writer = new native.Poller(sender, () => {
    for (const exchange of exchanges) {
      exchange.finish(outcome);
      if (outcome[1] > 0 && !told) parentPort.postMessage('receiving');
      told ||= outcome[1] > 0;
      begin(exchange);
    }
  });
  exchanges.forEach(begin);
  writer.start(UV_WRITABLE);
}

openIdle();
startTraffic();
