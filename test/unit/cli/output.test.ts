import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Output } from '../../../src/cli/output.js';

function collector() {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  return { written, stream };
}

describe('output', () => {
  it('leaves in one write what was written in one turn, and in the same turn', async () => {
    const { written, stream } = collector();
    const output = new Output(stream);
    output.line('a');
    output.line('b');
    expect(written).toEqual([]);
    await nextTurn();
    expect(written).toEqual(['a\nb\n']);
  });

  it('has let everything go when it is drained', async () => {
    const { written, stream } = collector();
    const output = new Output(stream);
    output.write('last words');
    await output.drained();
    expect(written.join('')).toBe('last words');
  });

  it('asks the writer to wait for a slow reader', async () => {
    let release = () => {};
    const slow = new Writable({
      write(_chunk, _encoding, done) {
        release = done;
      },
    });
    const output = new Output(slow);
    output.write('x'.repeat(2 << 20));
    output.flush();
    const backlog = output.backlog();
    expect(backlog).toBeInstanceOf(Promise);
    release();
    release();
    await backlog;
  });

  it.each([
    ['emits it', (error: Error, done: (error: Error) => void) => done(error)],
    [
      'throws it',
      (error: Error) => {
        throw error;
      },
    ],
  ])('keeps why it can write no more, and says once that it cannot: a stream that %s', async (_, fail) => {
    const full = new Writable({
      write: (_chunk, _encoding, done) => fail(Object.assign(new Error('no space'), { code: 'ENOSPC' }), done),
    });
    let closed = 0;
    const output = new Output(full, () => closed++);
    output.line('lost');
    await output.drained();
    output.line('lost');
    await output.drained();
    expect([output.failure?.message, closed]).toEqual(['no space', 1]);
  });

  it('keeps the order of what is written to two', async () => {
    const written: string[] = [];
    const [out, err] = ['out', 'err'].map(
      name =>
        new Output(
          new Writable({
            write(chunk, _encoding, done) {
              written.push(`${name}: ${chunk}`);
              done();
            },
          }),
        ),
    ) as [Output, Output];
    out.keepOrderWith(err);
    out.write('1');
    err.write('2');
    err.write('3');
    out.write('4');
    await nextTurn();
    expect(written).toEqual(['out: 1', 'err: 23', 'out: 4']);
  });

  it('ends quietly, once, where nobody reads any more', async () => {
    const gone = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(), { code: 'EPIPE' })),
    });
    let closed = 0;
    const output = new Output(gone, () => closed++);
    output.line('unheard');
    await output.drained();
    await nextTurn();
    output.line('unheard');
    await output.drained();
    expect(closed).toBe(1);
  });
});
