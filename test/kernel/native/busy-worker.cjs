// What a worker does that is to be terminated: it opens descriptors of every kind, and receives without end. Run as text,
// with the addon's path as its data.
const { parentPort, workerData } = require('node:worker_threads');

const UV_READABLE = 1;
const UV_WRITABLE = 2;
const native = require(workerData);
const LINUX = native.constants;

/** A batch over fresh memory of a few slots. */
function newBatch() {
  const slots = 8;
  const memory = { slots, payloadStride: 64, nameStride: 32, controlStride: 64 };
  for (const name of ['payload', 'names', 'control']) memory[name] = new Uint8Array(slots * 64);
  for (const name of ['lengths', 'nameLengths', 'controlLengths', 'flags']) memory[name] = new Uint32Array(slots);
  memory.results = new Int32Array(slots);
  memory.stamps = new Float64Array(slots);
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
 * A pair whose one end sends whenever it can, and whose other end receives and sends back what the first one receives
 * beside its sending: traffic without end.
 */
function startTraffic() {
  const pair = new Int32Array(2);
  native.socketPair(LINUX.AF_UNIX, LINUX.SOCK_DGRAM, 0, pair);
  const [sender, receiver] = pair;
  const [outgoing, incoming, echoes] = [newBatch(), newBatch(), newBatch()];
  const taken = new Int32Array(2);
  let echoed = 0;
  const reader = new native.Poller(receiver, () => {
    for (let count = 1; count > 0; ) {
      count = incoming.native.receive(receiver, 0);
      if (count > 0) incoming.native.send(receiver, 0, count, 0);
    }
  });
  reader.start(UV_READABLE);
  const writer = new native.Poller(sender, () => {
    outgoing.native.sendWhileReceiving(sender, outgoing.memory.slots, echoes.native, null, taken);
    if (taken[0] > 0 && echoed === 0) parentPort.postMessage('receiving');
    if (taken[0] > 0) echoed += taken[0];
  });
  writer.start(UV_WRITABLE);
}

openIdle();
startTraffic();
