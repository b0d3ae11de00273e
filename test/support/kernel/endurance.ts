import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Bytes a time that compiled code and the like account for; what leaks keeps a socket's buffers, or an engine. */
const NOISE = 3000;

/** Arguments of node that do one thing again and again and print what each time left behind. */
export function againAndAgain(what: string, ...more: string[]): string[] {
  return [
    '--expose-gc',
    path('../../kernel/endurance/again-and-again.mjs'),
    path('../../../dist/index.js'),
    what,
    ...more,
  ];
}

/** Of what `againAndAgain` printed. */
export function expectNothingLeft(printed: string): void {
  const left = JSON.parse(printed);
  expect(left.descriptors).toBe(0);
  expect(left.heap).toBeLessThan(NOISE);
  expect(left.arrayBuffers).toBeLessThan(NOISE);
}
