# Runs a program on a terminal of its own, presses keys, and prints what the terminal got between them as JSON.
# Usage: terminal.py COLUMNS ROWS COMMAND... < STEPS, one a line: {"await": TEXT} waits until the terminal has got TEXT since
# the step before; {"key": TEXT} presses; {"resize": [COLUMNS, ROWS]}. At the end: {"chunks": [...], "status": N}.
import fcntl, json, os, select, signal, struct, sys, termios

columns, rows, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
steps = [json.loads(line) for line in sys.stdin]
pid, terminal = os.forkpty()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    os.execvp(command[0], command)

def read():
    try:
        return os.read(terminal, 65536)
    except OSError:  # EIO: the program has ended.
        return b''

chunks, got = [], b''
for step in steps:
    if 'await' in step:
        while step['await'].encode() not in got:
            more = read()
            if not more:
                break
            got += more
    elif 'key' in step:
        os.write(terminal, step['key'].encode())
    elif 'resize' in step:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', step['resize'][1], step['resize'][0], 0, 0))
        os.kill(pid, signal.SIGWINCH)
    chunks.append(got.decode(errors='replace'))
    got = b''
while True:
    more = read()
    if not more:
        break
    got += more
chunks.append(got.decode(errors='replace'))
print(json.dumps({'chunks': chunks, 'status': os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}))
