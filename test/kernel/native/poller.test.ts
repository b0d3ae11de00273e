import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { type NativePoller, native, UV_PRIORITIZED, UV_READABLE, UV_WRITABLE } from '../../../src/io/native.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { Descriptors, domainOf, must, nameOf, ready } from '../../support/kernel/loopback.js';

const run = promisify(execFile);
const addon = new URL('../../../build/Release/subsocket.node', import.meta.url).pathname;

/** Runs a program that has the addon as `native` and the constants as `LINUX`, in a process of its own. */
function inProcess(program: string): Promise<{ stdout: string; stderr: string }> {
  const preamble = `const native = require(${JSON.stringify(addon)});`;
  return run(process.execPath, ['-e', `${preamble} const LINUX = native.constants; ${program}`], { timeout: 30_000 });
}

const nothing = () => ({ length: 0, flags: 0, nameLength: 0, controlLength: 0 });
const take = (descriptor: number) => native().receiveMessage(descriptor, new Uint8Array(64), null, null, 0, nothing());

it('tells that there is something to read, again and again until it is read', async () => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(4), descriptors.udp(4)];
  const seen: number[] = [];
  await new Promise<void>(resolve => {
    const poller: NativePoller = new (native().Poller)(receiver.descriptor, (status, events) => {
      expect(status).toBe(0);
      seen.push(events);
      if (seen.length < 3) return;
      take(receiver.descriptor);
      poller.close();
      resolve();
    });
    must(poller.start(UV_READABLE));
    must(native().sendMessage(sender.descriptor, new Uint8Array(1), nameOf(4, receiver.port), null, 0));
  });
  expect(seen).toEqual([UV_READABLE, UV_READABLE, UV_READABLE]);
});

it('tells that there is room to write, and only what is asked for', async () => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(4), descriptors.udp(4)];
  must(native().sendMessage(sender.descriptor, new Uint8Array(1), nameOf(4, receiver.port), null, 0));
  expect(await ready(receiver.descriptor, UV_WRITABLE)).toBe(UV_WRITABLE);
  expect(await ready(receiver.descriptor, UV_WRITABLE | UV_READABLE)).toBe(UV_WRITABLE | UV_READABLE);
});

it('changes what is waited for while it waits', async () => {
  using descriptors = new Descriptors();
  const { descriptor } = descriptors.udp(4);
  await new Promise<void>(resolve => {
    const poller: NativePoller = new (native().Poller)(descriptor, (_, events) => {
      expect(events).toBe(UV_WRITABLE);
      poller.close();
      resolve();
    });
    must(poller.start(UV_READABLE));
    must(poller.start(UV_WRITABLE));
  });
});

it('is silent while stopped, and tells when started again', async () => {
  using descriptors = new Descriptors();
  const [watched, other] = [descriptors.udp(4), descriptors.udp(4)];
  let calls = 0;
  const poller = new (native().Poller)(watched.descriptor, () => calls++);
  must(poller.start(UV_READABLE));
  must(poller.stop());
  must(native().sendMessage(other.descriptor, new Uint8Array(1), nameOf(4, watched.port), null, 0));
  // Another descriptor that became ready later has been told: so this one would have been.
  await ready(other.descriptor, UV_WRITABLE);
  expect(calls).toBe(0);
  must(poller.start(UV_READABLE));
  await expect.poll(() => calls).toBeGreaterThan(0);
  poller.close();
});

it('goes on after an error of the socket that nobody fetched by MSG_ERRQUEUE', async () => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(4), descriptors.udp(4)];
  must(native().connect(receiver.descriptor, nameOf(4, sender.port)));
  descriptors.close(sender.descriptor);
  const results: number[] = [];
  await new Promise<void>(resolve => {
    const poller: NativePoller = new (native().Poller)(receiver.descriptor, (status, events) => {
      expect([status, events]).toEqual([0, UV_READABLE]);
      results.push(take(receiver.descriptor));
      if (results.length === 2) {
        poller.close();
        return resolve();
      }
      // The peer is back: what it sends must still wake us.
      const again = descriptors.keep(native().socket(domainOf(4), LINUX.SOCK_DGRAM, 0));
      must(native().bind(again, nameOf(4, sender.port)));
      must(native().sendMessage(again, new Uint8Array(7), nameOf(4, receiver.port), null, 0));
    });
    must(poller.start(UV_READABLE));
    must(native().sendMessage(receiver.descriptor, new Uint8Array(1), null, null, 0));
  });
  expect(results).toEqual([-LINUX.ECONNREFUSED, 7]);
});

it('tells of the error queue beside what can be read', async () => {
  using descriptors = new Descriptors();
  const [sender, receiver] = [descriptors.udp(4), descriptors.udp(4)];
  must(native().setIntegerOption(receiver.descriptor, LINUX.IPPROTO_IP, LINUX.IP_RECVERR, 1));
  must(native().setIntegerOption(receiver.descriptor, LINUX.SOL_SOCKET, LINUX.SO_SELECT_ERR_QUEUE, 1));
  must(native().sendMessage(sender.descriptor, new Uint8Array(1), nameOf(4, receiver.port), null, 0));
  const port = descriptors.unusedPort(4);
  must(native().sendMessage(receiver.descriptor, new Uint8Array(1), nameOf(4, port), null, 0));
  const both = UV_READABLE | UV_PRIORITIZED;
  expect(await ready(receiver.descriptor, both)).toBe(both);
});

it('may be closed by its own callback, and any number of times', async () => {
  using descriptors = new Descriptors();
  const { descriptor } = descriptors.udp(4);
  await new Promise<void>(resolve => {
    let calls = 0;
    const poller: NativePoller = new (native().Poller)(descriptor, () => {
      expect(++calls).toBe(1);
      poller.close();
      poller.close();
      setImmediate(resolve);
    });
    must(poller.start(UV_WRITABLE));
  });
});

it('does nothing once closed, and says so', () => {
  using descriptors = new Descriptors();
  const poller = new (native().Poller)(descriptors.udp(4).descriptor, () => undefined);
  poller.close();
  expect(poller.start(UV_READABLE)).toBe(-LINUX.EBADF);
  expect(poller.stop()).toBe(-LINUX.EBADF);
  poller.ref();
  poller.unref();
});

it('lets its descriptor be closed at once, and the number be polled again', async () => {
  using descriptors = new Descriptors();
  for (let round = 0; round < 100; round++) {
    const { descriptor } = descriptors.udp(4);
    expect(await ready(descriptor, UV_WRITABLE)).toBe(UV_WRITABLE);
    descriptors.close(descriptor);
  }
});

it.each([
  ['a descriptor that is not open', () => 0x7fff, LINUX.EBADF],
  ['a negative number', () => -1, LINUX.EBADF],
])('refuses %s with its errno', (_, descriptor, errno) => {
  const construct = () => new (native().Poller)(descriptor(), () => undefined);
  expect(construct).toThrow(expect.objectContaining({ errno }));
});

it('makes an exception in its callback an uncaught exception', async () => {
  const { stdout } = await inProcess(`
    process.on('uncaughtException', error => {
      console.log(error.message);
      poller.close();
    });
    const socket = native.socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, 0);
    const poller = new native.Poller(socket, () => { throw new Error('from the callback'); });
    poller.start(${UV_WRITABLE});`);
  expect(stdout).toBe('from the callback\n');
});

it('ends the process by an exception in its callback that nobody catches', async () => {
  const program = `
    const poller = new native.Poller(native.socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, 0), () => { throw new Error('nobody'); });
    poller.start(${UV_WRITABLE});`;
  await expect(inProcess(program)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('Error: nobody') });
});

it('runs promises and next ticks after each callback', async () => {
  const { stdout } = await inProcess(`
    let calls = 0;
    const poller = new native.Poller(native.socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, 0), () => {
      const call = ++calls;
      Promise.resolve().then(() => console.log('promise', call));
      process.nextTick(() => console.log('tick', call));
      if (calls === 2) poller.close();
    });
    poller.start(${UV_WRITABLE});`);
  expect(stdout).toBe('tick 1\npromise 1\ntick 2\npromise 2\n');
});

it('keeps the process alive while started, unless told not to', async () => {
  const { stdout } = await inProcess(`
    const socket = native.socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, 0);
    const poller = new native.Poller(socket, () => console.log('never'));
    process.on('exit', () => console.log('ends'));
    poller.start(${UV_READABLE});
    poller.unref();`);
  expect(stdout).toBe('ends\n');
});

it('lives while it is started though nobody refers to it, and can be collected when it is not', async () => {
  const { stdout } = await run(
    process.execPath,
    [
      '--expose-gc',
      '-e',
      `const native = require(${JSON.stringify(addon)});
       const LINUX = native.constants;
       const socket = () => native.socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, 0);
       const collected = new FinalizationRegistry(() => console.log('collected'));
       (() => {
         const started = new native.Poller(socket(), function () { console.log('called'); this.close(); });
         started.start(${UV_WRITABLE});
         collected.register(new native.Poller(socket(), () => undefined));
       })();
       gc();
       setImmediate(() => { gc(); setImmediate(() => undefined); });`,
    ],
    { timeout: 30_000 },
  );
  expect(stdout.split('\n').sort()).toEqual(['', 'called', 'collected']);
});
