import { endpoint } from '../codecs/address.js';
import { boolean, count } from '../codecs/integer.js';
import { cookie, credentials, groupIds } from '../codecs/special.js';
import { text } from '../codecs/text.js';
import { option } from '../option.js';

const socket7 = { level: 'SOL_SOCKET', manual: 'socket(7)' } as const;
const header = { level: 'SOL_SOCKET', manual: 'linux: include/uapi/asm-generic/socket.h' } as const;

/** SOL_SOCKET: who is at the other end. */
export const SOCKET_PEER = {
  SO_PASSCRED: option({
    ...socket7,
    codec: boolean,
    on: ['unix', 'netlink'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.2',
    about: 'Gives process, user and group id of the sender with every message, as SCM_CREDENTIALS.',
  }),
  SO_PASSPIDFD: option({
    ...header,
    codec: boolean,
    on: ['unix'],
    access: 'rw',
    sample: true,
    since: 'Linux 6.5',
    about: 'Gives a pidfd of the sender with every message, as SCM_PIDFD.',
  }),
  SO_PASSSEC: option({
    ...socket7,
    codec: boolean,
    on: ['unix', 'netlink'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.6.18',
    about: 'Gives the security context of the sender with every message, as SCM_SECURITY.',
  }),
  SO_PASSRIGHTS: option({
    ...header,
    codec: boolean,
    on: ['unix'],
    access: 'rw',
    sample: false,
    since: 'Linux 6.16',
    about: 'Lets the peer pass descriptors; off, such a message is refused at the sender. On by default.',
  }),
  SO_INQ: option({
    ...header,
    codec: boolean,
    on: ['unix'],
    access: 'w',
    sample: true,
    since: 'Linux 6.17',
    about: 'Gives with every receive how many bytes of the stream are left.',
  }),
  SO_PEERCRED: option({
    ...socket7,
    codec: credentials,
    on: ['unix'],
    access: 'r',
    since: 'Linux 2.2',
    about: 'Process, user and group id of the peer when it connected.',
  }),
  SO_PEERPIDFD: option({
    ...header,
    codec: count,
    on: ['unix'],
    access: 'r',
    consumes: "opens a descriptor, which is the caller's to close",
    since: 'Linux 6.5',
    about: 'A new pidfd of the peer, which cannot come to mean another process.',
  }),
  SO_PEERGROUPS: option({
    ...header,
    codec: groupIds,
    on: ['unix'],
    access: 'r',
    since: 'Linux 4.13',
    about: 'The supplementary groups of the peer when it connected.',
  }),
  SO_PEERSEC: option({
    ...socket7,
    codec: text(4095),
    on: ['unix', 'tcp'],
    access: 'r',
    since: 'Linux 2.6.2',
    about: 'The security context of the peer, from the security module that labels sockets.',
  }),
  SO_PEERNAME: option({
    ...header,
    codec: endpoint('SO_PEERNAME'),
    on: ['tcp', 'udp'],
    access: 'r',
    since: 'Linux 2.4',
    about: 'The IP address of the peer, as getpeername(2) gives it.',
  }),
  SO_COOKIE: option({
    ...socket7,
    codec: cookie,
    on: ['any'],
    access: 'r',
    since: 'Linux 4.12',
    about: 'A number that no other socket of the machine has had since it started.',
  }),
  SO_NETNS_COOKIE: option({
    ...header,
    codec: cookie,
    on: ['any'],
    access: 'r',
    since: 'Linux 5.14',
    about: 'A number for the network namespace of the socket.',
  }),
} as const;
