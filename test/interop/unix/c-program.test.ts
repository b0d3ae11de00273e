import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { UnixServer } from '../../../src/sockets/unix/unix-server.js';
import { expectLevelDescriptors, fileWith, scratch, socketPath } from '../../kernel/unix/support.js';

test('a C program passes a pipe and is passed a file', () =>
  expectLevelDescriptors(async () => {
    const binary = `${scratch()}/passer`;
    const source = fileURLToPath(new URL('programs/passer.c', import.meta.url));
    execFileSync('gcc', ['-Wall', '-Wextra', '-Werror', '-o', binary, source]);
    const path = socketPath();
    const server = await UnixServer.listen(path);
    const child = spawn(binary, [path], { stdio: ['ignore', 'inherit', 'inherit'] });
    const exited = once(child, 'exit');
    const socket = await server.accept();
    const message = await socket?.receive();
    expect(message?.data.toString()).toBe('pipe');
    const pipe = await message?.descriptors[0]?.toFileHandle();
    await pipe?.write('through a pipe');
    await pipe?.close();
    using file = fileWith('');
    await socket?.send('take', { descriptors: [file] });
    expect((await exited)[0]).toBe(0);
    expect(fs.readFileSync(`/proc/self/fd/${file.fd}`, 'utf8')).toBe('C read: through a pipe');
    socket?.destroy();
    server.close();
  }));
