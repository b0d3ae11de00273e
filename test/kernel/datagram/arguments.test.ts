import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  DatagramRequester,
  DatagramSocket,
  type DatagramSocketOptions,
  multicast,
  receiveMulticast,
  routeFor,
  sendMulticast,
} from '../../../src/index.js';
import { ArgumentError } from '../../../src/io/argument-error.js';
import { takeOne, thrown } from '../../support/datagram/collect.js';
import { openDescriptors } from '../../support/kernel/loopback.js';

// Calls from JavaScript, where nothing keeps a wrong argument away.
const GROUP = '239.195.11.1';

describe('options of a socket that are none', () => {
  test.each([
    [null, 'options takes an object, not null'],
    ['udp4', 'options takes an object, not "udp4"'],
    [{ bind: null }, 'bind takes an object, not null'],
    [{ bind: 80 }, 'bind takes an object, not 80'],
    [{ connect: 80 }, 'connect takes an object with an address and a port, not 80'],
    [{ connect: { address: '127.0.0.1', port: 0 } }, 'connect.port takes 1 to 65535, not 0'],
    [{ ancillary: 'stamp' }, 'ancillary takes an array, not "stamp"'],
    [{ ancillary: null }, 'ancillary takes an array, not null'],
    [{ broadcast: 'no' }, 'broadcast takes true or false, not "no"'],
    [{ sendOffload: 1 }, 'sendOffload takes true or false, not 1'],
    [{ errors: 1 }, 'errors takes true or false, not 1'],
    [{ segmentation: 'kernel' }, `segmentation takes 'auto' or 'library', not "kernel"`],
    [{ interface: '' }, 'interface takes the name, index or address of an interface of this machine, not ""'],
    [{ interface: 'gone0' }, 'interface takes the name, index or address of an interface of this machine, not "gone0"'],
    [{ multicast: 5 }, 'multicast takes an object, not 5'],
    [{ multicast: { interface: {} } }, 'interface takes the name, index or address'],
    [{ options: 5 }, 'options takes an object, not 5'],
  ])('%j', (options, message) => {
    const before = openDescriptors();
    const error = thrown(() => DatagramSocket.open(options as DatagramSocketOptions));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain(message);
    expect(openDescriptors()).toBe(before);
  });
});

describe('of an open socket', () => {
  let socket: DatagramSocket;
  let to: { address: string; port: number };
  beforeEach(() => {
    socket = DatagramSocket.open({ bind: { address: '127.0.0.1' } });
    to = { address: '127.0.0.1', port: socket.localAddress.port };
  });
  afterEach(() => socket.close());

  test.each<[string, (socket: DatagramSocket, wrong: never) => unknown, unknown, string]>([
    [
      'send',
      (each, wrong) => each.send('x', wrong),
      5,
      'destination takes an object with an address and a port, not 5',
    ],
    ['send', (each, wrong) => each.send('x', { address: '::1', port: wrong }), 0, 'destination.'],
    ['send', (each, wrong) => each.send('x', each.localAddress, wrong), 5, 'options takes an object, not 5'],
    ['sendBatch', (each, wrong) => each.sendBatch(wrong), null, 'messages takes an array, not null'],
    ['sendBatch', (each, wrong) => each.sendBatch(wrong), 'xy', 'messages takes an array, not "xy"'],
    ['reply', (each, wrong) => each.reply(wrong, 'x'), null, 'question takes an object, not null'],
    ['receiveBatches', (each, wrong) => each.receiveBatches(wrong), 5, 'handler takes a function, not 5'],
    ['bind', (each, wrong) => each.bind(wrong), undefined, 'bind takes an object, not undefined'],
    ['join', (each, wrong) => each.join(GROUP, wrong), null, 'options takes an object, not null'],
    ['join', (each, wrong) => each.join(GROUP, { interface: wrong }), {}, 'interface takes the name'],
    ['block', (each, wrong) => each.block(GROUP, '192.0.2.1', wrong), null, 'options takes an object, not null'],
    ['setFilter', (each, wrong) => each.setFilter(GROUP, 'include', wrong), '192.0.2.1', 'sources takes an array'],
    ['setOutgoing', (each, wrong) => each.multicast.setOutgoing(wrong), null, 'multicast takes an object, not null'],
    ['requester', (_each, wrong) => new DatagramRequester(wrong), 5, 'socket takes a DatagramSocket, not 5'],
    ['requester', (each, wrong) => new DatagramRequester(each, wrong), null, 'options takes an object, not null'],
    ['requester', (each, identify) => new DatagramRequester(each, { identify }), 5, 'identify takes a function, not 5'],
  ])('%s', (_call, call, wrong, message) => {
    const error = thrown(() => call(socket, wrong as never));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain(message);
    expect(socket.memberships()).toEqual([]);
  });

  test.each([
    [{ dontFragment: 1 }, 'dontFragment takes true or false, not 1'],
    [{ extensionHeaders: 5 }, 'extensionHeaders takes an array, not 5'],
    [{ extensionHeaders: [null] }, 'extensionHeaders[0] takes an object, not null'],
    [{ extensionHeaders: [{ kind: 'fragment' }] }, "extensionHeaders[0].kind takes 'hop-by-hop', 'destination' or"],
    [{ extensionHeaders: [{ kind: 'destination' }] }, 'extensionHeaders[0].options takes an array, not undefined'],
    [
      { extensionHeaders: [{ kind: 'destination', options: [{ type: 30, data: 'abc' }] }] },
      'extensionHeaders[0].options[0].data takes a Uint8Array, not "abc"',
    ],
    [{ extensionHeaders: [{ kind: 'routing' }] }, 'extensionHeaders[0].data takes a Uint8Array, not undefined'],
    [{ onTransmitted: 5 }, 'onTransmitted takes a function, not 5'],
    [{ hoplimit: 3 }, 'hoplimit takes no value (did you mean hopLimit?), not 3'],
    [{ source: '127.0.0.1', trafficclass: 8 }, 'trafficclass takes no value (did you mean trafficClass?), not 8'],
    [{ ttl: 3 }, "ttl takes no value (a datagram's options are source, interface, hopLimit, trafficClass,"],
    [{ constructor: 1 }, 'constructor takes no value'],
  ])('send with %j', (options, message) => {
    expect(() => socket.send('x', to, options as object)).toThrow(message);
  });

  test('a message that is none holds no other up, and is told by its place', async () => {
    const { taken, failures } = socket.sendBatch([null as never, { payload: 'after it', destination: to }, 5 as never]);
    expect(taken).toBe(3);
    expect(failures.map(({ index, error }) => [index, error.message])).toEqual([
      [0, 'messages[0] takes an object, not null'],
      [2, 'messages[2] takes an object, not 5'],
    ]);
    expect((await takeOne(socket)).payload.toString()).toBe('after it');
  });

  test('a source that is not of this machine is suspected by name', () => {
    expect(() => socket.send('x', to, { source: '203.0.113.7' })).toThrow(/is the source 203\.0\.113\.7 an address of/);
  });
});

test('an IPv4-mapped address is none of IPv6 for a socket that is', () => {
  using socket = DatagramSocket.open({ family: 6 });
  const mapped = { address: '::ffff:127.0.0.1', port: 9 };
  expect(() => socket.send('x', mapped)).toThrow('destination.address takes an IPv6 address, as the socket is one');
  expect(() => socket.connect(mapped)).toThrow('connect.address takes an IPv6 address, as the socket is one');
});

test('the route to a destination of one link is asked for with its zone', () => {
  expect(() => routeFor('fe80::1')).toThrow(/destination takes a zone too, as fe80::1%eth0/);
  expect(() => routeFor('127.0.0.1', null as never)).toThrow('options takes an object, not null');
});

test('what is no socket has no memberships', () => {
  for (const wrong of [null, undefined, 'socket'])
    expect(() => multicast(wrong as never)).toThrow(/^socket takes a socket or a descriptor/);
});

test.each([
  [null, 'options takes an object, not null'],
  [{ group: GROUP, port: 9, duration: 'long' }, 'duration takes 1 to 2147483647 ms, not "long"'],
  [{ group: GROUP, port: 9, sources: '192.0.2.1' }, 'sources takes an array, not "192.0.2.1"'],
])('receiveMulticast(%j) is refused', (options, message) => {
  expect(() => receiveMulticast(options as never)).toThrow(message);
});

test('sendMulticast(null) is refused', async () => {
  await expect(sendMulticast(null as never).next()).rejects.toThrow('options takes an object, not null');
});
