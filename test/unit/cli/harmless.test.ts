import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { harmless, harmlessJson, quoted } from '../../../src/cli/harmless.js';

const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe('harmless', () => {
  it.each([
    ['\x1b[2Jgone', '\\x1b[2Jgone'],
    ['a\r\nb\tc\0', 'a\\x0d\\x0ab\\x09c\\x00'],
    ['\x7f\x9b31m', '\\x7f\\x9b31m'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['\u2066x\u2069\u200f', '\\u2066x\\u2069\\u200f'],
    ['\ud800', '\\ud800'],
    ['\u{e0041}', '\\u{e0041}'],
    ['bücher.example', 'bücher.example'],
    ['名前.例', '名前.例'],
  ])('spells out what a terminal would act on: %j', (text, shown) => {
    expect(harmless(text)).toBe(shown);
  });

  it('leaves nothing harmful of any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => !HARMFUL.test(harmless(text))));
  });

  it('keeps the meaning of JSON, and nothing harmful in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const json = harmlessJson(JSON.stringify({ text }));
        expect(HARMFUL.test(json)).toBe(false);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });

  it('cuts what it quotes', () => {
    expect(quoted('x'.repeat(1000), 20)).toBe(`${'x'.repeat(17)}...`);
  });
});
