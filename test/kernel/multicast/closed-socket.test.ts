import { expect, test } from 'vitest';
import { DatagramSocket } from '../../../src/index.js';
import { thrown } from '../../support/datagram/collect.js';

const GROUP = '239.195.7.2';

test.each<[string, (socket: DatagramSocket) => unknown]>([
  ['join', socket => socket.join(GROUP)],
  ['leave', socket => socket.leave(GROUP, { interface: 'all' })],
  ['block', socket => socket.block(GROUP, '192.0.2.1')],
  ['unblock', socket => socket.unblock(GROUP, '192.0.2.1')],
  ['setFilter', socket => socket.setFilter(GROUP, 'include', [])],
  ['memberships', socket => socket.memberships()],
  ['multicast.setOutgoing', socket => socket.multicast.setOutgoing({ hops: 2 })],
])('%s says that the socket is closed', (_call, call) => {
  const socket = DatagramSocket.open();
  socket.close();
  expect(thrown(() => call(socket))).toMatchObject({ name: 'DatagramStateError', code: 'SOCKET_CLOSED' });
});
