// Sets and reads an int option of a connected net.Socket in a loop: node --expose-gc options.mjs subsocket|sockopt ROUNDS CALLS.
// Prints nanoseconds a call, of the best round, and how much the heap has grown after so many calls and a collection.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';

const [library, rounds, calls] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const [IPPROTO_TCP, TCP_USER_TIMEOUT] = [6, 18];

async function accessOf() {
  if (library === 'sockopt') {
    const { getsockopt, setsockopt } = createRequire(new URL('../package.json', import.meta.url))('sockopt');
    return {
      set: (socket, value) => setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, value),
      get: socket => getsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT),
    };
  }
  const { getOption, setOption } = await import('../../dist/index.js');
  return {
    set: (socket, value) => setOption(socket, 'TCP_USER_TIMEOUT', value),
    get: socket => getOption(socket, 'TCP_USER_TIMEOUT'),
  };
}

const nanoseconds = (begun, calls) => Number(process.hrtime.bigint() - begun) / calls;

function measure({ set, get }, socket) {
  const beforeSetting = process.hrtime.bigint();
  for (let call = 0; call < calls; call++) set(socket, 1000 + (call & 1023));
  const setting = nanoseconds(beforeSetting, calls);
  const beforeReading = process.hrtime.bigint();
  let sum = 0;
  for (let call = 0; call < calls; call++) sum += get(socket);
  return { set: setting, get: nanoseconds(beforeReading, calls), sum };
}

function heap() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

const server = createServer(peer => peer.resume()).listen(0, '127.0.0.1');
await once(server, 'listening');
const socket = connect(server.address().port, '127.0.0.1');
await once(socket, 'connect');
const access = await accessOf();
measure(access, socket);
const before = heap();
const best = { set: Infinity, get: Infinity };
for (let round = 0; round < rounds; round++) {
  const measured = measure(access, socket);
  best.set = Math.min(best.set, measured.set);
  best.get = Math.min(best.get, measured.get);
}
const heapGrowth = heap() - before;
socket.destroy();
server.close();
console.log(JSON.stringify({ ...best, heapGrowth }));
