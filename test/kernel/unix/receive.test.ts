import { describe, expect, test } from 'vitest';
import type { ReceiveOptions } from '../../../src/sockets/unix/intake.js';
import { datagramPair, seqpacketPair, socketPair } from '../../../src/sockets/unix/socket-pair.js';
import { expectLevelDescriptors } from './support.js';

/** A value as a program without types may give it. */
function untyped(value: unknown): never {
  return value as never;
}

describe('memory of the caller', () => {
  test('that is empty or no Uint8Array is refused by name, and the stream goes on', async () => {
    const [here, there] = socketPair();
    await here.send('waits');
    for (const buffer of [new Uint8Array(0), new ArrayBuffer(8), new Float64Array(8), 'text', 8, null]) {
      const received = there.receive({ buffer: untyped(buffer) });
      await expect(received).rejects.toThrow(/^buffer takes a Uint8Array of at least one byte, not /);
      await expect(received).rejects.toMatchObject({ code: 'ERR_SUBSOCKET_ARGUMENT' });
    }
    expect(String((await there.receive({ buffer: new Uint8Array(8) }))?.data)).toBe('waits');
    here.destroy();
    there.destroy();
  });

  test('is filled for the call that gave it, of several that wait', async () => {
    const [here, there] = socketPair();
    const buffers = [new Uint8Array(8), undefined, new Uint8Array(8)];
    const waiting = buffers.map(buffer => there.receive({ buffer }));
    for (const [index, text] of ['first', 'second', 'third'].entries()) {
      await here.send(text);
      await waiting[index];
    }
    const messages = await Promise.all(waiting);
    expect(messages.map(message => String(message?.data))).toEqual(['first', 'second', 'third']);
    const own = messages.map((message, index) => message?.data.buffer === buffers[index]?.buffer);
    expect(own).toEqual([true, false, true]);
    here.destroy();
    there.destroy();
  });

  test('is left alone once its call was ended by a signal', async () => {
    const [here, there] = socketPair();
    const buffer = new Uint8Array(8);
    const controller = new AbortController();
    const next = there.receive();
    const ended = there.receive({ buffer, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(ended).rejects.toThrow('enough');
    await here.send('later');
    expect(String((await next)?.data)).toBe('later');
    expect([...buffer]).toEqual(Array(8).fill(0));
    here.destroy();
    there.destroy();
  });

  test('that was transferred while the call waited is not taken for the end of the stream', async () => {
    const [here, there] = socketPair();
    const buffer = new Uint8Array(8);
    const waiting = there.receive({ buffer });
    structuredClone(buffer, { transfer: [buffer.buffer] });
    await here.send('still');
    expect(String((await waiting)?.data)).toBe('still');
    here.destroy();
    there.destroy();
  });
});

describe.each([
  ['stream', socketPair],
  ['datagram', datagramPair],
  ['seqpacket', seqpacketPair],
] as const)('a %s socket', (_kind, pair) => {
  test('refuses what is no signal, no limit and no buffer by name', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = pair();
      for (const options of [{ signal: 'x' }, { buffer: 5 }].map(untyped) as ReceiveOptions[]) {
        const refused = { code: 'ERR_SUBSOCKET_ARGUMENT', argument: Object.keys(options)[0] };
        await expect(there.receive(options)).rejects.toMatchObject(refused);
        await expect(there.receiveMany(2, options)).rejects.toMatchObject(refused);
        await expect(there.messages(options).next()).rejects.toMatchObject(refused);
      }
      for (const limit of [0, 65, 1.5, '2']) {
        await expect(there.receiveMany(untyped(limit))).rejects.toMatchObject({ argument: 'limit' });
      }
      await here.send('whole');
      expect(String((await there.receive())?.data)).toBe('whole');
      for (const socket of [here, there]) 'destroy' in socket ? socket.destroy() : socket.close();
    }));
});
