import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WireFormatError } from '../../../src/wire/wire-format-error.js';
import { bytes } from './support/arbitraries.js';
import { DECODERS } from './support/decoders.js';
import { GOLDEN } from './support/golden-packets.js';

/** A decoder gives a value or a WireFormatError; anything else that it throws fails the test. */
function survives(name: string, input: Uint8Array, start = 0, end = input.length): void {
  try {
    DECODERS[name]?.(input, start, end);
  } catch (error) {
    if (!(error instanceof WireFormatError)) throw error;
    expect(error.code).toBe('WIRE_FORMAT');
    expect(error.message).toContain(error.structure);
  }
}

describe.each(Object.keys(DECODERS))('%s', name => {
  it('gives a value or a WireFormatError for every prefix of every golden packet', () => {
    for (const golden of Object.values(GOLDEN)) {
      for (let end = 0; end <= golden.length; end++) survives(name, golden, 0, end);
    }
  });

  it('gives a value or a WireFormatError wherever in a golden packet it starts', () => {
    for (const golden of Object.values(GOLDEN)) {
      for (let start = 0; start <= golden.length; start++) survives(name, golden, start);
    }
  });

  it('gives a value or a WireFormatError for any bytes', () => {
    fc.assert(
      fc.property(bytes(0, 300), input => survives(name, input)),
      { numRuns: 500 },
    );
  });

  it('gives a value or a WireFormatError for golden packets with some bytes changed', () => {
    const golden = fc.constantFrom(...Object.values(GOLDEN));
    const changes = fc.array(fc.tuple(fc.nat(119), fc.nat(255)), { minLength: 1, maxLength: 4 });
    const property = fc.property(golden, fc.nat(80), changes, (original, start, pairs) => {
      const changed = original.slice();
      for (const [at, value] of pairs) if (at < changed.length) changed[at] = value;
      survives(name, changed, Math.min(start, changed.length));
    });
    fc.assert(property, { numRuns: 500 });
  });
});
