import { describe, expect, it } from 'vitest';
import { WireFormatError } from '../../../../src/wire/wire-format-error.js';

/** A format as its five golden tests need it: the same bytes as readers, as a value, and both ways between. */
export interface Format<Value> {
  name: string;
  bytes: Uint8Array;
  value: Value;
  /** What the readers for the hot path find, and what they shall find. */
  deconstruct?: (bytes: Uint8Array, at: number) => Record<string, unknown>;
  fields?: Record<string, unknown>;
  decode: (bytes: Uint8Array, start: number, end: number) => Value;
  encode: (value: Value) => Uint8Array;
  /** Writes into memory of the caller and returns the length. */
  write?: (out: Uint8Array, at: number, value: Value) => number;
  /** Prefixes shorter than this must be refused; 0 for a format of which some are values. Default: all prefixes. */
  minimumLength?: number;
}

const BEFORE = 3;
const AFTER = 5;
const DIRT = 0xa5;

/** Deconstruct, construct, parse, emit into dirty bytes, check length. */
export function describeFormat<Value>(format: Format<Value>): void {
  describe(format.name, () => {
    if (format.deconstruct) it('deconstructs: its readers find every field in flat memory', () => deconstructs(format));
    it('constructs the golden bytes from the value', () => expect(format.encode(format.value)).toEqual(format.bytes));
    it('parses the golden bytes into the value, wherever they lie', () => parses(format));
    if (format.write) it('emits into dirty bytes and touches none around them', () => emits(format));
    if (format.minimumLength !== 0) it('refuses every prefix that is too short', () => checksLength(format));
  });
}

function deconstructs<Value>(format: Format<Value>): void {
  expect(format.deconstruct?.(surrounded(format.bytes), BEFORE)).toEqual(format.fields);
}

function parses<Value>(format: Format<Value>): void {
  const end = BEFORE + format.bytes.length;
  expect(format.decode(surrounded(format.bytes), BEFORE, end)).toEqual(format.value);
}

function emits<Value>(format: Format<Value>): void {
  const out = new Uint8Array(BEFORE + format.bytes.length + AFTER).fill(DIRT);
  expect(format.write?.(out, BEFORE, format.value)).toBe(format.bytes.length);
  expect(out).toEqual(surrounded(format.bytes));
}

function checksLength<Value>(format: Format<Value>): void {
  const minimum = format.minimumLength ?? format.bytes.length;
  for (let length = 0; length < minimum; length++) {
    expect(() => format.decode(format.bytes, 0, length), `${length} bytes`).toThrow(WireFormatError);
    expect(() => format.decode(format.bytes.slice(0, length), 0, length), `${length} bytes`).toThrow(WireFormatError);
  }
}

function surrounded(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(BEFORE + bytes.length + AFTER).fill(DIRT);
  out.set(bytes, BEFORE);
  return out;
}
