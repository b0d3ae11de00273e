import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { UnixSocket } from '../../../src/sockets/unix/unix-socket.js';
import { freePort, socketPath } from '../../kernel/unix/support.js';
import { describeNeeding } from '../../support/lab/index.js';

const program = fileURLToPath(new URL('programs/activated.mjs', import.meta.url));
const subsocket = fileURLToPath(new URL('../../../bin/subsocket.js', import.meta.url));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(command: string, ...args: string[]): ChildProcess {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'pipe'] });
  children.push(child);
  return child;
}

/** What a connection is told; tried until somebody listens. */
async function dial(target: net.NetConnectOpts): Promise<string> {
  for (;;) {
    const socket = net.connect(target).setEncoding('utf8');
    let text = '';
    socket.on('data', part => {
      text += part;
    });
    const [outcome] = await Promise.race([once(socket, 'end').then(() => ['end']), once(socket, 'error')]);
    if (outcome === 'end') return text;
    if (!['ECONNREFUSED', 'ENOENT'].includes(outcome.code)) throw outcome;
    await new Promise(resolve => setImmediate(resolve));
  }
}

/** Node's own net does not connect to abstract names on every version. */
async function dialAbstract(name: string): Promise<string> {
  const socket = await UnixSocket.connect(`\0${name}`);
  const message = await socket.receive();
  socket.destroy();
  return message?.data.toString() ?? '';
}

const self = `${process.getuid?.()}:${process.getgid?.()}`;

describe('systemd-socket-activate', () => {
  test('passes sockets with names', async () => {
    const [one, two] = [await freePort(), await freePort()];
    const names = ['--fdname=web:admin'];
    const listen = ['-l', `127.0.0.1:${one}`, '-l', `127.0.0.1:${two}`];
    const child = start('systemd-socket-activate', ...listen, ...names, process.execPath, program);
    const exited = once(child, 'exit');
    const answers = await Promise.all([one, two].map(port => dial({ port, host: '127.0.0.1' })));
    expect(answers).toEqual([`web 127.0.0.1:${one} ${self}`, `admin 127.0.0.1:${two} ${self}`]);
    expect((await exited)[0]).toBe(0);
  });

  test('passes a path', async () => {
    const path = socketPath();
    start('systemd-socket-activate', '-l', path, process.execPath, program);
    expect(await dial({ path })).toBe(`unknown ${path} ${self}`);
  });

  test('passes a datagram socket', async () => {
    const port = await freePort();
    const child = start(
      'systemd-socket-activate',
      '-d',
      '-l',
      `127.0.0.1:${port}`,
      process.execPath,
      program,
      'datagram',
    );
    await once(child.stderr as NodeJS.ReadableStream, 'data');
    const client = dgram.createSocket('udp4');
    client.send('hello', port, '127.0.0.1');
    expect(String((await once(client, 'message'))[0])).toBe(`unknown 127.0.0.1:${port} ${self}`);
    client.close();
  });

  test('passes a connection as standard input, as inetd does', async () => {
    const port = await freePort();
    const inetd = ['--inetd', '--accept'];
    start('systemd-socket-activate', ...inetd, '-l', `127.0.0.1:${port}`, process.execPath, program, 'inetd');
    expect(await dial({ port, host: '127.0.0.1' })).toBe(`inetd stdin 127.0.0.1:${port}`);
  });
});

describe('subsocket listen', () => {
  test('passes sockets with names, of every kind of address, and the process id stays', async () => {
    const port = await freePort();
    const path = socketPath();
    const abstract = `subsocket-listen-${process.pid}`;
    const listen = ['listen', `web=127.0.0.1:${port}`, `local=${path}`, `@${abstract}`, '--mode', '600'];
    const child = start(process.execPath, subsocket, ...listen, '--', process.execPath, program);
    const exited = once(child, 'exit');
    const answers = [await dial({ port, host: '127.0.0.1' }), await dial({ path }), await dialAbstract(abstract)];
    expect(answers).toEqual([`web 127.0.0.1:${port} ${self}`, `local ${path} ${self}`, `unknown @${abstract} ${self}`]);
    expect(fs.statSync(path).mode & 0o777).toBe(0o600);
    expect((await exited)[0]).toBe(0);
  });

  describeNeeding('otherUsers', 'as root', () => {
    test('drops to a user and its groups, with the socket that only root may have', () => {
      const path = socketPath();
      const program = 'id -u; id -g; id -G; readlink /proc/$$/fd/3 | cut -c1-6; echo "$LISTEN_FDS"';
      const listen = ['listen', path, '--mode', '600', '--user', 'nobody'];
      const { stdout } = spawnSync(process.execPath, [subsocket, ...listen, '--', 'sh', '-c', program], {
        encoding: 'utf8',
      });
      expect(stdout.trim().split('\n')).toEqual(['65534', '65534', '65534', 'socket', '1']);
      expect(fs.statSync(path).uid).toBe(0);
    });
  });

  test('runs any program that knows LISTEN_FDS, which finds nothing else open', async () => {
    const port = await freePort();
    const python =
      "import os, socket, json; s = socket.socket(fileno=3); c, _ = s.accept(); open = [int(n) for n in os.listdir('/proc/self/fd')]; " +
      "c.send(json.dumps([os.environ['LISTEN_FDS'], os.environ['LISTEN_PID'] == str(os.getpid()), os.environ['LISTEN_FDNAMES'], [n for n in open if n in (4, 5, 6)]]).encode())";
    start(process.execPath, subsocket, 'listen', `web=127.0.0.1:${port}`, '--', 'python3', '-c', python);
    // Descriptor 4 is the accepted connection, 5 the listing of the directory.
    expect(JSON.parse(await dial({ port, host: '127.0.0.1' }))).toEqual(['1', true, 'web', [4, 5]]);
  });

  test.each([
    [[], /name an address/],
    [['127.0.0.1:0'], /name a program/],
    [['nowhere', '--', 'true'], /address takes/],
    [['127.0.0.1:99999', '--', 'true'], /port/],
    [['127.0.0.1:0', '--', '/nonexistent'], /command takes a program/],
    [['127.0.0.1:0', '--user', 'no-such-user', '--', 'true'], /user takes the name/],
    [['a b=127.0.0.1:0', '--', 'true'], /name takes 1 to 255 printable/],
    [['192.0.2.1:0', '--', 'true'], /EADDRNOTAVAIL/],
    [['127.0.0.1:0', '--mode', '9', '--', 'true'], /--mode takes an octal number/],
    [['127.0.0.1:0', '-d', '--seqpacket', '--', 'true'], /exclude each other/],
  ])('refuses %j in one line, with status 2', (args, complaint) => {
    const { status, stderr } = spawnSync(process.execPath, [subsocket, 'listen', ...args], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toMatch(complaint);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
