# The other end of the tests' sockets, with Python's own socket module. Usage: peer.py TYPE COMMAND [ARGUMENT...], the socket
# being descriptor 3. Prints JSON.
import array
import json
import os
import socket
import sys

kind = {'stream': socket.SOCK_STREAM, 'datagram': socket.SOCK_DGRAM, 'seqpacket': socket.SOCK_SEQPACKET}[sys.argv[1]]
peer = socket.socket(socket.AF_UNIX, kind, fileno=3)


def pipes(count):
    """Write ends of pipes, and what is read from their other ends when they are closed."""
    return list(zip(*(os.pipe() for _ in range(count))))


def send(count):
    """Sends write ends; prints what comes out of the read ends when the receiver has written and closed."""
    reads, writes = pipes(int(count))
    socket.send_fds(peer, [b'take ', b'these'], list(writes))
    for descriptor in writes:
        os.close(descriptor)
    print(json.dumps([os.read(descriptor, 100).decode() for descriptor in reads]))


def send_two_messages_of_control(first, second):
    """Two SCM_RIGHTS in one message, which the kernel joins."""
    reads, writes = pipes(int(first) + int(second))
    rights = lambda some: (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', some))
    peer.sendmsg([b'x'], [rights(writes[:int(first)]), rights(writes[int(first):])])
    for descriptor in writes:
        os.close(descriptor)
    print(json.dumps([os.read(descriptor, 100).decode() for descriptor in reads]))


def send_in_turns(count):
    """Plain bytes and messages with a descriptor, in turns."""
    reads, writes = pipes(int(count))
    for index, descriptor in enumerate(writes):
        peer.send(b'plain %d;' % index)
        socket.send_fds(peer, [b'with %d;' % index], [descriptor])
        os.close(descriptor)
    peer.shutdown(socket.SHUT_WR)
    print(json.dumps([os.read(descriptor, 100).decode() for descriptor in reads]))


def receive(limit, count=1):
    """Receives with room for `limit` descriptors, writes into each, and tells flags."""
    seen = []
    for _ in range(int(count)):
        data, descriptors, flags, _ = socket.recv_fds(peer, 100, int(limit))
        for index, descriptor in enumerate(descriptors):
            os.write(descriptor, b'python %d' % index)
            os.close(descriptor)
        seen.append([data.decode(), len(descriptors), bool(flags & socket.MSG_CTRUNC)])
    print(json.dumps(seen))


def receive_without_control():
    """Receives with no room for control data at all."""
    data, _, flags, _ = peer.recvmsg(100)
    print(json.dumps([data.decode(), bool(flags & socket.MSG_CTRUNC)]))


def empty_then_last():
    """A message without a byte, then one with, then the end."""
    peer.send(b'')
    peer.send(b'last')
    print(json.dumps('sent'))


globals()[sys.argv[2]](*sys.argv[3:])
