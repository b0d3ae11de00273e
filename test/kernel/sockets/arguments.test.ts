import { expect, test } from 'vitest';
import { ArgumentError } from '../../../src/io/argument-error.js';
import { bindUdp } from '../../../src/sockets/bind-udp.js';
import { connect } from '../../../src/sockets/connect.js';
import { DatagramSocket } from '../../../src/sockets/datagram/datagram-socket.js';
import { discoverPathMtu } from '../../../src/tools/mtu.js';
import { receiveMulticast } from '../../../src/tools/multicast-receive.js';
import { ping } from '../../../src/tools/ping.js';
import type { Target } from '../../../src/tools/target.js';
import { traceroute } from '../../../src/tools/traceroute.js';

const HOST = '127.0.0.1';

/** Calls from JavaScript, where nothing keeps a wrong argument away. */
const taking = {
  target: {
    ping: (target: Target) => ping(target).summary(),
    traceroute: (target: Target) => traceroute(target).result(),
    discoverPathMtu: (target: Target) => discoverPathMtu(target).result(),
  },
  signal: {
    ping: (signal: AbortSignal) => ping(HOST, { signal }).summary(),
    traceroute: (signal: AbortSignal) => traceroute(HOST, { signal }).result(),
    discoverPathMtu: (signal: AbortSignal) => discoverPathMtu(HOST, { signal }).result(),
    'DatagramSocket.open': async (signal: AbortSignal) => DatagramSocket.open({ signal }),
    bindUdp: (signal: AbortSignal) => bindUdp({ signal }),
    connect: (signal: AbortSignal) => connect({ host: HOST, port: 1, signal }),
    receiveMulticast: async (signal: AbortSignal) => receiveMulticast({ group: '239.1.2.3', port: 9, signal }),
  },
};

test.each(Object.entries(taking.target))('%s refuses what is no target by name', async (_, call) => {
  for (const wrong of [null, undefined, 5, {}, [null], [HOST, 5]]) {
    const refused = call(wrong as unknown as Target);
    await expect(refused).rejects.toBeInstanceOf(ArgumentError);
    await expect(refused).rejects.toThrow(/^targets? takes a host name/);
  }
});

test.each(Object.entries(taking.signal))('%s refuses what is no signal by name', async (_, call) => {
  for (const wrong of [5, 'now', {}, null]) {
    await expect(call(wrong as unknown as AbortSignal)).rejects.toThrow(/^signal takes an AbortSignal, not /);
  }
});
