import { describe, expect, it } from 'vitest';
import { optionalSeconds, parseNumber, parseWord } from '../../../src/cli/arguments.js';

describe('numbers on the command line', () => {
  it('takes decimal and hexadecimal whole numbers', () => {
    expect(parseNumber('-Q', '16', { minimum: 0, maximum: 255 })).toBe(16);
    expect(parseNumber('-Q', '0x10', { minimum: 0, maximum: 255 })).toBe(16);
  });

  it.each(['65508', '-1', 'x', '', ' 1', '1e3', '1.5', '0b1', 'Infinity', 'NaN'])('refuses %j by name', text => {
    expect(() => parseNumber('-s', text, { minimum: 0, maximum: 65507, unit: 'bytes' })).toThrow(
      `-s takes 0 to 65507 bytes, not ${text}`,
    );
  });

  it('gives seconds as milliseconds, without what binary fractions add', () => {
    const range = { minimum: 0, maximum: 86_400 };
    expect(optionalSeconds('-i', '0.0013', range)).toBe(1.3);
    expect(optionalSeconds('-i', '.2', range)).toBe(200);
    expect(optionalSeconds('-i', '2.', range)).toBe(2000);
    expect(optionalSeconds('-i', undefined, range)).toBeUndefined();
  });

  it('shows control characters in a refused value harmlessly', () => {
    expect(() => parseNumber('-c', '\x1b[2J', { minimum: 1, maximum: 9 })).toThrow('not \\x1b[2J');
  });

  it('names the words that it takes', () => {
    expect(() => parseWord('-M', 'maybe', ['do', 'want', 'dont', 'probe'])).toThrow(
      '-M takes do, want, dont or probe, not maybe',
    );
  });
});
