import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { executeWithListeners } from '../../../src/sockets/unix/activation/execute.js';
import { listenFds } from '../../../src/sockets/unix/activation/listen-fds.js';
import { UnixDatagramSocket } from '../../../src/sockets/unix/datagram-socket.js';
import { handOver } from '../../../src/sockets/unix/handover/hand-over.js';
import { takeOver } from '../../../src/sockets/unix/handover/take-over.js';
import { OwnedDescriptor } from '../../../src/sockets/unix/owned-descriptor.js';
import { UnixSeqpacketSocket } from '../../../src/sockets/unix/seqpacket-socket.js';
import { datagramPair, seqpacketPair, socketPair } from '../../../src/sockets/unix/socket-pair.js';
import { UnixBatch } from '../../../src/sockets/unix/unix-batch.js';
import { UnixSeqpacketServer, UnixServer } from '../../../src/sockets/unix/unix-server.js';
import { UnixSocket } from '../../../src/sockets/unix/unix-socket.js';
import { expectLevelDescriptors, scratch, socketPath } from './support.js';

type Call = (options: never) => unknown;

/** Calls `call` with a socket, which is closed after it. */
async function closing<Made extends { close(): void } | { destroy(): void }>(
  made: Made | Promise<Made>,
  call: (made: Made) => unknown,
): Promise<void> {
  const socket = await made;
  try {
    await call(socket);
  } finally {
    'destroy' in socket ? socket.destroy() : socket.close();
  }
}

/** The calls of one end of a pair. */
function callsOf(pair: typeof socketPair | typeof datagramPair | typeof seqpacketPair): [string, Call][] {
  const onEnd = (call: (end: UnixSocket | UnixDatagramSocket | UnixSeqpacketSocket) => unknown) => {
    const [here, there] = pair();
    return closing(there, () => closing(here, call));
  };
  return [
    [pair.name, pair],
    [`send of ${pair.name}`, options => onEnd(end => end.send('x', options))],
    [`receive of ${pair.name}`, options => onEnd(end => end.receive(options))],
    [`receiveMany of ${pair.name}`, options => onEnd(end => end.receiveMany(1, options))],
    [`messages of ${pair.name}`, options => onEnd(end => end.messages(options).next())],
  ];
}

const stream = () => OwnedDescriptor.socket('AF_UNIX', 'SOCK_STREAM');

/** Every call of the Unix part that takes options. */
const calls: [string, Call][] = [
  ['UnixServer.listen', options => UnixServer.listen(socketPath(), options)],
  ['UnixSeqpacketServer.listen', options => UnixSeqpacketServer.listen(socketPath(), options)],
  ['accept', options => closing(UnixServer.listen(socketPath()), server => server.accept(options))],
  ['UnixSocket.connect', options => UnixSocket.connect(socketPath(), options)],
  ['UnixSeqpacketSocket.connect', options => UnixSeqpacketSocket.connect(socketPath(), options)],
  ['UnixDatagramSocket.open', options => UnixDatagramSocket.open(options)],
  ...[socketPair, datagramPair, seqpacketPair].flatMap(callsOf),
  ['new UnixBatch', options => new UnixBatch(options)],
  ['add of UnixBatch', options => new UnixBatch().add(new Uint8Array(1), options)],
  ['toSocket', options => closing(stream(), descriptor => descriptor.toSocket(options))],
  ['listenFds', options => listenFds(options)],
  ['handOver', options => handOver({}, socketPath(), options)],
  ['takeOver', options => takeOver(socketPath(), options)],
  ['executeWithListeners', options => executeWithListeners('/no/such', [], [], options)],
];

describe.each(calls)('%s', (_name, call) => {
  test.each([null, 5, 'x', true, [1], () => undefined])(
    'refuses options that are %s by name, and opens nothing',
    wrong =>
      expectLevelDescriptors(async () => {
        await expect((async () => call(wrong as never))()).rejects.toMatchObject({
          code: 'ERR_SUBSOCKET_ARGUMENT',
          argument: 'options',
          value: wrong,
        });
        expect(fs.readdirSync(scratch())).toEqual([]);
      }),
  );
});

describe('a member that is wrong is refused by name', () => {
  const opening: Call[] = [
    options => UnixServer.listen(socketPath(), options),
    options => UnixDatagramSocket.open({ bind: socketPath(), ...(options as object) }),
    options => UnixSocket.connect(socketPath(), options),
    options => socketPair(options),
    options => datagramPair(options),
  ];
  const [listen, , connect, pair] = opening as [Call, Call, Call, Call];

  test.each([
    ...opening.flatMap(call => ['credentials', 'pidfds', 'securityLabels', 'receiveBatch'].map(name => [name, call])),
    ...opening.slice(0, 2).map(call => ['replaceStale', call]),
    ...[listen, connect, pair].map(call => ['allowHalfOpen', call]),
    ['slots', options => new UnixBatch(options)],
    ['maximumMessageSize', options => new UnixBatch(options)],
    ['environment', options => listenFds(options)],
    ['environment', options => executeWithListeners('/no/such', [], [], options)],
    ['trust', options => takeOver(socketPath(), options)],
    ['allowHalfOpen', options => closing(stream(), descriptor => descriptor.toSocket(options))],
  ] as [string, Call][])('%s', (name, call) =>
    expectLevelDescriptors(async () => {
      for (const wrong of [null, 'yes', []]) {
        const refused = { code: 'ERR_SUBSOCKET_ARGUMENT', argument: name, value: wrong };
        await expect((async () => call({ [name]: wrong } as never))()).rejects.toMatchObject(refused);
      }
      expect(fs.readdirSync(scratch())).toEqual([]);
    }),
  );

  test.each([null, 5, 'web', {}, { name: Symbol('web'), descriptor: 0 }])('listeners that are %s', listener => {
    expect(() => executeWithListeners('/no/such', [], [listener as never])).toThrow(/^(listeners|name) takes /);
  });
});
