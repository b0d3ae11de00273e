import { readdirSync } from 'node:fs';
import { createServer, type LookupFunction, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ArgumentError } from '../../../src/io/argument-error.js';
import { setOptionBytes } from '../../../src/io/option.js';
import { httpAgent, httpsAgent } from '../../../src/sockets/agent.js';
import { bindUdp } from '../../../src/sockets/bind-udp.js';
import { connect } from '../../../src/sockets/connect.js';
import { cork } from '../../../src/sockets/cork.js';
import { DatagramSocket } from '../../../src/sockets/datagram/datagram-socket.js';
import { type ListenOptions, listen } from '../../../src/sockets/listen.js';
import { reset } from '../../../src/sockets/reset.js';
import { undiciConnector } from '../../../src/sockets/undici-connector.js';
import { sendUrgent, watchUrgent } from '../../../src/sockets/urgent.js';
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

const wrong = <Value>(value: unknown): Value => value as Value;
/** As dns.lookup does: the answer comes later, where nobody would catch what is thrown. */
const lookingUp = (found: unknown) =>
  wrong<LookupFunction>((_: string, __: object, done: LookupDone) => setImmediate(done, null, found));
type LookupDone = (error: null, found: unknown) => void;

test.each<[string, () => unknown, string]>([
  ['connect()', () => connect(wrong(undefined)), 'connect takes an object with { host, port } or { path }'],
  ['connect(5)', () => connect(wrong(5)), 'connect takes an object'],
  ['a host', () => connect({ host: wrong(null), port: 1 }), 'host takes a name or an address, not null'],
  ['a path', () => connect({ path: wrong(null) }), 'path takes a string, not null'],
  ['no host', () => connect({ host: '', port: 1 }), 'host takes a name or an address, not ""'],
  [
    'an address',
    () => connect({ ...wrong<object>({ address: HOST }), port: 1 }),
    'address takes no value (it is called',
  ],
  ['an array of options', () => connect({ port: 1, options: wrong([1]) }), 'options takes an object with a value for'],
  ['a family', () => connect({ port: 1, family: wrong(5) }), 'family takes 0, 4 or 6, not 5'],
  ['a local port', () => connect({ port: 1, localPort: wrong('x') }), 'localPort takes a whole number from 0 to 65535'],
  ['a protocol', () => connect({ port: 1, protocol: wrong('udp') }), "protocol takes 'tcp' or 'mptcp', not \"udp\""],
  ['options', () => connect({ port: 1, options: wrong(5) }), 'options takes an object with a value for each option'],
  ['a timeout', () => connect({ port: 1, timeout: wrong('5') }), 'timeout takes milliseconds above 0'],
  [
    'a delay',
    () => connect({ port: 1, autoSelectFamilyAttemptTimeout: 0 }),
    'autoSelectFamilyAttemptTimeout takes 1 to',
  ],
  ['a switch', () => connect({ port: 1, allowHalfOpen: wrong('no') }), 'allowHalfOpen takes true or false'],
  ['a lookup', () => connect({ port: 1, lookup: wrong('dns') }), 'lookup takes a function'],
  ['what a lookup finds', () => connect({ host: 'x', port: 1, lookup: lookingUp([{ address: 'y' }]) }), 'lookup takes'],
  ['what one finds later', () => connect({ host: 'x', port: 1, lookup: lookingUp({ address: HOST }) }), 'lookup takes'],
  ['what one finds in null', () => connect({ host: 'x', port: 1, lookup: lookingUp([null]) }), 'lookup takes'],
  [
    'two families',
    () => connect({ port: 1, family: 4, localAddress: '::1' }),
    'localAddress takes an address of IPv4, as the family is, not "::1"',
  ],
  ['listen(null)', () => listen(wrong<ListenOptions>(null)), 'listen takes a server of Node, or an object of options'],
  ['listen(server, 5)', () => listen(createServer(), wrong(5)), 'listen takes an object of options behind'],
  ['another listener', () => listen(wrong<ListenOptions>({ listen() {} })), 'listen takes a server of Node, or an'],
  ['a path to listen at', () => listen(wrong<ListenOptions>({ path: '/x' })), 'path takes no value (UnixServer.listen'],
  ['an address to listen at', () => listen(wrong<ListenOptions>({ address: HOST })), 'address takes no value (it is'],
  [
    'a port of null',
    () => listen({ port: wrong<number>(null) }),
    'port takes a whole number from 0 to 65535, not null',
  ],
  ['a backlog', () => listen({ backlog: wrong<number>(null) }), 'backlog takes a whole number'],
  [
    'listening options',
    () => listen({ options: wrong<object>(null) }),
    'options takes an object with a value for each',
  ],
  ['a host to listen on', () => listen({ host: wrong<string>(5) }), 'host takes a name or an address, not 5'],
  ['a listening protocol', () => listen({ protocol: wrong<'tcp'>('sctp') }), "protocol takes 'tcp' or 'mptcp'"],
  ['bindUdp(null)', () => bindUdp(wrong(null)), 'bindUdp takes an object of options'],
  ['a family to bind', () => bindUdp({ family: wrong(5) }), 'family takes 4 or 6, not 5'],
  ['an address to bind', () => bindUdp({ address: wrong(5) }), 'address takes an IPv4 or IPv6 address, not 5'],
  ['a host to bind', () => bindUdp(wrong({ host: HOST })), 'host takes no value (it is called address)'],
  ['an address of null', () => bindUdp({ address: wrong(null) }), 'address takes an IPv4 or IPv6 address, not null'],
  ['a port to bind', () => bindUdp({ port: wrong(null) }), 'port takes a whole number from 0 to 65535, not null'],
  ['a datagram protocol', () => bindUdp({ protocol: wrong('tcp') }), "protocol takes 'udp' or 'udplite'"],
  ['httpAgent()', () => httpAgent(wrong(undefined)), 'agent takes an object of options'],
  ['httpsAgent({})', () => httpsAgent(wrong({})), 'socketOptions takes an object with a value for each option'],
  ['an array of an agent', () => httpAgent({ socketOptions: wrong([]) }), 'socketOptions takes an object with a value'],
  ['an agent', () => httpAgent({ socketOptions: {}, connectTimeout: -1 }), 'connectTimeout takes milliseconds above 0'],
  ['a secure agent', () => httpsAgent({ socketOptions: {}, connectTimeout: wrong('x') }), 'connectTimeout takes'],
  [
    'a connector',
    () => undiciConnector({ socketOptions: {}, timeout: Number.NaN }),
    'timeout takes milliseconds above 0',
  ],
  ['its HTTP/2', () => undiciConnector({ socketOptions: {}, allowH2: wrong('x') }), 'allowH2 takes true or false'],
  ['its TLS', () => undiciConnector({ socketOptions: {}, tls: wrong(5) }), 'tls takes an object with what tls.connect'],
  ['undiciConnector({})', () => undiciConnector(wrong({})), 'socketOptions takes an object'],
  ['what sends urgent data', () => sendUrgent(wrong(null), 'x'), 'socket takes a net.Socket, not null'],
  ['what is watched', () => watchUrgent(wrong(5), () => undefined), 'socket takes a net.Socket, not 5'],
  ['what is corked', () => cork(wrong({}), () => undefined), 'socket takes a net.Socket, not an object'],
  ['what is reset', () => reset(wrong(5)), 'socket takes a net.Socket, not 5'],
  ['urgent data', () => sendUrgent(new Socket(), wrong(5)), 'data takes a string or a Uint8Array of one byte at least'],
  ['no urgent data', () => sendUrgent(new Socket(), ''), 'data takes a string or a Uint8Array of one byte at least'],
  ['a listener', () => watchUrgent(new Socket(), wrong(5)), 'listener takes a function'],
  ['what is written', () => cork(new Socket(), wrong('text')), 'write takes a function'],
])('%s is refused by name', async (_, call, message) => {
  const before = readdirSync('/proc/self/fd').length;
  const refused = (async () => call())();
  await expect(refused).rejects.toBeInstanceOf(ArgumentError);
  await expect(refused).rejects.toThrow(message);
  expect(readdirSync('/proc/self/fd').length).toBe(before);
});

test('a lookup that finds nothing is a host that is not found', async () => {
  for (const found of [[], undefined]) {
    await expect(connect({ host: 'nobody.example', port: 1, lookup: lookingUp(found) })).rejects.toMatchObject({
      code: 'ENOTFOUND',
      hostname: 'nobody.example',
      message: 'getaddrinfo ENOTFOUND nobody.example',
    });
  }
});

test.each([['text'], [undefined], [null], [new ArrayBuffer(4)], [4]])('setOptionBytes refuses %s', value => {
  expect(() => setOptionBytes(0, 'SOL_SOCKET', 2, wrong(value))).toThrow(
    expect.objectContaining({ code: 'OPTION_VALUE', message: expect.stringContaining('a Buffer or Uint8Array') }),
  );
});

test.each<[string, () => unknown]>([
  ['connect', () => connect({ host: 'fe80::1', port: 1 })],
  ['listen', () => listen({ host: 'fe80::1' })],
  ['bindUdp', () => bindUdp({ address: 'fe80::1' })],
  ['DatagramSocket.connect', () => DatagramSocket.open({ family: 6, connect: { address: 'fe80::1', port: 1 } })],
])('%s says what lacks of an address of one link', async (_, call) => {
  await expect((async () => call())()).rejects.toThrow('needs a zone, as fe80::1%eth0');
});
