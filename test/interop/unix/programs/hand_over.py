# The hand-over protocol in Python. Usage: hand_over.py take PATH: takes over, and answers one connection on each socket.
# hand_over.py give PATH PORT: listens at the port and offers that under the name "web", until somebody is ready.
import json
import socket
import sys


def read_line(peer, limit):
    data, descriptors = b'', []
    while not data.endswith(b'\n'):
        part, some, _, _ = socket.recv_fds(peer, 65536, limit)
        if not part:
            return None, descriptors
        data += part
        descriptors += some
    return json.loads(data), descriptors


def write_line(peer, value, descriptors=()):
    socket.send_fds(peer, [json.dumps(value).encode() + b'\n'], list(descriptors))


def take(path):
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(path)
    offer, descriptors = read_line(peer, 253)
    assert offer['protocol'] == 'subsocket-hand-over' and offer['version'] == 1
    servers = [socket.socket(fileno=descriptor) for descriptor in descriptors]
    write_line(peer, {'ready': True})
    answer, _ = read_line(peer, 0)
    assert answer == {'released': True}, answer
    print(json.dumps([offer['listeners'], offer['state']]), flush=True)
    for server in servers:
        server.setblocking(True)
        connection, _ = server.accept()
        connection.send(b'served by Python')
        connection.close()


def give(path, port):
    server = socket.create_server(('127.0.0.1', int(port)))
    meeting = socket.socket(socket.AF_UNIX)
    meeting.bind(path)
    meeting.listen()
    print('offered', flush=True)
    peer, _ = meeting.accept()
    listener = {'name': 'web', 'type': 'stream', 'address': f'127.0.0.1:{port}'}
    write_line(peer, {'protocol': 'subsocket-hand-over', 'version': 1, 'listeners': [listener], 'state': 'old'}, [server.fileno()])
    answer, _ = read_line(peer, 0)
    assert answer == {'ready': True}, answer
    server.close()
    write_line(peer, {'released': True})


globals()[sys.argv[1]](*sys.argv[2:])
