import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect } from 'vitest';
import { OwnedDescriptor } from '../../../src/sockets/unix/owned-descriptor.js';

/** Numbers and targets of this process's open descriptors, without the one that reads the list. */
export function openDescriptors(): Map<number, string> {
  const open = new Map<number, string>();
  for (const name of fs.readdirSync('/proc/self/fd')) {
    try {
      open.set(Number(name), fs.readlinkSync(`/proc/self/fd/${name}`));
    } catch {
      // The directory's own.
    }
  }
  return open;
}

/** Asserts that `action` leaves nothing open. */
export async function expectLevelDescriptors(action: () => Promise<void> | void): Promise<void> {
  const before = openDescriptors();
  await action();
  // Node closes its handles in the closing phase of the event loop.
  await new Promise(resolve => setImmediate(() => setImmediate(resolve)));
  const opened = [...openDescriptors()].filter(([number, target]) => before.get(number) !== target);
  expect(opened).toEqual([]);
}

/** The kernel's identity of what a descriptor names: equal for copies. */
export function identity(descriptor: number): string {
  const { dev, ino } = fs.fstatSync(descriptor);
  return `${dev}:${ino}`;
}

/** A descriptor of a file in memory or on disk that nobody else has, holding `text`. */
export function fileWith(text: string): OwnedDescriptor {
  const file = path.join(scratch(), `file-${counter++}`);
  fs.writeFileSync(file, text);
  return OwnedDescriptor.adopt(fs.openSync(file, 'r+'));
}

let folder: string | undefined;
let counter = 0;

/** A directory of this test's own. */
export function scratch(): string {
  folder ??= fs.mkdtempSync(path.join(os.tmpdir(), `subsocket-unix-${process.pid}-`));
  return folder;
}

/** A path for a socket that nothing has. */
export function socketPath(): string {
  return path.join(scratch(), `${counter++}.sock`);
}

/** A TCP port of loopback that is free now. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  await new Promise(done => server.close(done));
  return port;
}

afterEach(() => {
  if (folder !== undefined) fs.rmSync(folder, { recursive: true, force: true });
  folder = undefined;
});
