import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { UnixDatagramSocket } from '../../../src/sockets/unix/datagram-socket.js';
import { AS_NOBODY, describeNeeding, NOBODY } from '../../support/lab/index.js';
import { freePort, socketPath } from './support.js';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

class Program {
  readonly child: ChildProcess;
  #output = '';

  constructor(command: string, ...args: string[]) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(this.child);
    this.child.stdout?.setEncoding('utf8').on('data', text => {
      this.#output += text;
    });
  }

  static example(name: string, ...args: string[]): Program {
    return new Program(process.execPath, `examples/${name}.mjs`, ...args);
  }

  /** Waits until the program has printed this. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#output);
      if (found !== null) return found;
      const ended = this.child.stdout?.readableEnded ?? true;
      if (ended) throw new Error(`the program ended; it printed: ${this.#output}`);
      await Promise.race(['data', 'end'].map(event => once(this.child.stdout as NodeJS.ReadableStream, event)));
    }
  }
}

function get(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get({ port, host: '127.0.0.1', agent: false }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', part => {
        text += part;
      });
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
  });
}

describe('the examples of Unix-domain sockets', () => {
  test('zero-downtime-restart: the second process takes over, the first ends', async () => {
    const meeting = socketPath();
    const port = await freePort();
    const first = Program.example('zero-downtime-restart', meeting, String(port));
    await first.prints(/is the first/);
    expect(await get(port)).toBe(`answered by ${first.child.pid}\n`);
    const second = Program.example('zero-downtime-restart', meeting, String(port));
    await second.prints(new RegExp(`took over from ${first.child.pid}`));
    await first.prints(new RegExp(`handed over to ${second.child.pid}`));
    await first.prints(/has answered everything/);
    expect(await get(port)).toBe(`answered by ${second.child.pid}\n`);
  });

  describeNeeding(['rawSockets', 'projectForNobody'], 'raw-socket-helper', () => {
    test('lets a user without privilege ping', async () => {
      const path = socketPath();
      fs.chmodSync(path.slice(0, path.lastIndexOf('/')), 0o755);
      const helper = Program.example('raw-socket-helper', path, 'nobody');
      await helper.prints(/ready/);
      const ping = [process.execPath, 'examples/ping-without-root.mjs', path, '127.0.0.1'] as const;
      const client = new Program('env', ...AS_NOBODY, ...ping);
      await client.prints(new RegExp(`user ${NOBODY}: 3 of 3 came back`));
      await helper.prints(new RegExp(`user ${NOBODY} got sockets`));
      const asRoot = new Program(...ping);
      asRoot.child.stderr?.resume();
      await helper.prints(/user 0 was refused/);
    });
  });

  test('prefork-pool: connections reach several workers', async () => {
    const acceptor = Program.example('prefork-pool', '0', '2');
    const [, port] = await acceptor.prints(/listening at (\d+)/);
    const ask = async () => {
      const socket = net.connect(Number(port), '127.0.0.1');
      socket.write('hello');
      return String((await once(socket, 'data'))[0]);
    };
    const answers = await Promise.all(Array.from({ length: 40 }, ask));
    expect(answers.every(answer => /^\d+: hello$/.test(answer))).toBe(true);
    expect(new Set(answers).size).toBe(2);
    acceptor.child.kill('SIGTERM');
    expect((await once(acceptor.child, 'exit'))[0]).toBe(0);
  });

  test('syslog: a datagram as the daemon reads it', async () => {
    const path = socketPath();
    using daemon = await UnixDatagramSocket.open({ bind: path });
    const { child } = Program.example('syslog', 'it happened', path);
    const message = await daemon.receive();
    expect(message?.data.toString()).toBe(`<13>example[${child.pid}]: it happened`);
    expect((await once(child, 'exit'))[0]).toBe(0);
  });

  test('framing: messages and lines come back whole', () => {
    const output = execFileSync(process.execPath, ['examples/framing.mjs'], { encoding: 'utf8' });
    expect(output.trim().split('\n')).toEqual([
      '5 characters, 0 descriptors',
      '19 characters, 1 descriptors',
      '  what the file says',
      '500000 characters, 0 descriptors',
      'one',
      'two',
      'three',
    ]);
  });

  test('chat: two people talk without the matchmaker', async () => {
    const path = socketPath();
    const matchmaker = Program.example('chat', 'serve', path);
    await matchmaker.prints(/waiting/);
    const [anna, ben] = [Program.example('chat', 'join', path), Program.example('chat', 'join', path)];
    await matchmaker.prints(/introduced/);
    matchmaker.child.kill('SIGKILL');
    anna.child.stdin?.write('hello from Anna\n');
    await ben.prints(/they: hello from Anna/);
    ben.child.stdin?.end('hello from Ben\n');
    await anna.prints(/they: hello from Ben/);
    await once(anna.child, 'exit');
  });
});
