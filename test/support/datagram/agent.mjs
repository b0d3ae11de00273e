// A host's datagram sockets, driven by lines of JSON: {"id", "socket", "method", "arguments"} in, results and events out.
import { createInterface } from 'node:readline';
import { DatagramSocket, listGroups, routeFor } from '../../../dist/index.js';

const sockets = new Map();
const tell = line => process.stdout.write(`${JSON.stringify(line)}\n`);

function describe(datagram) {
  const { source, destination, localAddress, interfaceName, hopLimit, trafficClass, ecn, drops, length, truncated } =
    datagram;
  const text = datagram.payload.toString('latin1');
  const from = { address: source.address, port: source.port };
  return {
    text,
    from,
    destination,
    localAddress,
    interfaceName,
    hopLimit,
    trafficClass,
    ecn,
    drops,
    length,
    truncated,
  };
}

function open(name, options) {
  const socket = DatagramSocket.open(options);
  sockets.set(name, socket);
  socket.on('message', datagram => tell({ event: 'message', socket: name, ...describe(datagram) }));
  socket.on('icmp-error', error =>
    tell({ event: 'icmp-error', socket: name, ...error, quote: error.quote.toString() }),
  );
  socket.on('drain', () => tell({ event: 'drain', socket: name }));
  socket.on('error', error => tell({ event: 'error', socket: name, code: error.code }));
  return socket.localAddress.port;
}

/** Sends the same again and again until the buffer is full. */
function fill(socket, bytes, destination) {
  let sent = 0;
  const payload = Buffer.alloc(bytes);
  while (socket.send(payload, destination)) sent++;
  return sent;
}

/** Sends numbers in batches, each in so many bytes, as far as the buffer has room each time. */
function stream(socket, count, bytes, destination) {
  const payload = number => Buffer.from(`${number} `.padEnd(bytes));
  const messages = Array.from({ length: count }, (_, number) => ({ payload: payload(number), destination }));
  const advance = () => {
    const { taken } = socket.sendBatch(messages);
    messages.splice(0, taken);
    if (messages.length > 0) socket.once('drain', advance);
  };
  advance();
  return messages.length;
}

/** Sends text from memory that is used for something else afterwards. */
function sendOnce(socket, text, ...rest) {
  const payload = Buffer.from(text);
  const taken = socket.send(payload, ...rest);
  payload.fill('x');
  return taken;
}

/** Sends so many stamped datagrams at once. @returns how many of them were refused. */
function sendStamped(socket, name, count, bytes, destination) {
  let refused = 0;
  for (let sent = 0; sent < count; sent++) {
    const onTransmitted = () => tell({ event: 'stamped', socket: name, number: sent });
    try {
      socket.send(Buffer.alloc(bytes), destination, { onTransmitted });
    } catch {
      refused++;
    }
  }
  return refused;
}

function perform({ socket: name, method, arguments: args }) {
  const socket = sockets.get(name);
  if (method === 'open') return open(name, ...args);
  if (method === 'fill') return fill(socket, ...args);
  if (method === 'stream') return stream(socket, ...args);
  if (method === 'sendOnce') return sendOnce(socket, ...args);
  if (method === 'sendStamped') return sendStamped(socket, name, ...args);
  if (method === 'routeFor') return routeFor(...args);
  if (method === 'listGroups') return listGroups();
  return socket[method](...args);
}

function answer(request) {
  try {
    tell({ id: request.id, result: perform(request) });
  } catch ({ name, code, message }) {
    tell({ id: request.id, error: { name, code, message } });
  }
}

process.on('warning', ({ name, message }) => tell({ event: 'warning', name, message }));
createInterface({ input: process.stdin }).on('line', line => answer(JSON.parse(line)));
tell({ event: 'ready' });
