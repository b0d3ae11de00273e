import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { LiveLine } from '../../../src/cli/live-line.js';
import { Output, type OutputStream } from '../../../src/cli/output.js';

function screen(isTTY: boolean, columns: number) {
  const written: string[] = [];
  const stream: OutputStream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  return { written, output: new Output(Object.assign(stream, { isTTY, columns })) };
}

it('draws a line again in place, no longer than the terminal is wide', async () => {
  const { written, output } = screen(true, 10);
  const line = new LiveLine(output);
  line.draw('1 of 3');
  await nextTurn();
  line.draw('2 of 3, and more');
  await nextTurn();
  expect(written).toEqual(['\r\x1b[K1 of 3', '\r\x1b[K2 of 3, a']);
});

it('is off the screen at once when it is cleared, and only once', () => {
  const { written, output } = screen(true, 0);
  const line = new LiveLine(output);
  line.draw('1 of 3');
  line.clear();
  line.clear();
  expect(written.join('')).toBe('\r\x1b[K1 of 3\r\x1b[K');
});

it('draws nothing where there is no terminal', async () => {
  const { written, output } = screen(false, 80);
  const line = new LiveLine(output);
  line.draw('1 of 3');
  line.clear();
  await nextTurn();
  expect(written).toEqual([]);
});
