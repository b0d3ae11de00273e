import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeExtendedError,
  decodeRfc4884Data,
  type ExtendedError,
  ExtendedErrorAt,
  encodeExtendedError,
} from '../../../src/wire/extended-error.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { WireFormatError } from '../../../src/wire/wire-format-error.js';
import { address, uint } from './support/arbitraries.js';
import { describeFormat } from './support/golden-format.js';
import { packet } from './support/golden-packets.js';

/** ip(7), IP_RECVERR: no route to host (113), from ICMP, type 3 code 1, reported by 10.7.2.2. */
const UNREACHABLE = packet('71000000 02 03 01 00 00000000 00000000 0200 0000 0a070202 0000000000000000');

describeFormat<ExtendedError>({
  name: 'extended error from ICMP',
  bytes: UNREACHABLE,
  value: {
    errno: 113,
    origin: 'icmp',
    type: 3,
    code: 1,
    info: 0,
    data: 0,
    offender: { family: 'ip4', address: IpAddress.parse('10.7.2.2'), port: 0 },
  },
  deconstruct: (data, at) => ({
    errno: ExtendedErrorAt.errno(data, at),
    origin: ExtendedErrorAt.origin(data, at),
    type: ExtendedErrorAt.type(data, at),
    code: ExtendedErrorAt.code(data, at),
    info: ExtendedErrorAt.info(data, at),
    data: ExtendedErrorAt.data(data, at),
    offender: ExtendedErrorAt.offender(at) - at,
  }),
  fields: { errno: 113, origin: 2, type: 3, code: 1, info: 0, data: 0, offender: 16 },
  decode: decodeExtendedError,
  encode: encodeExtendedError,
  minimumLength: 16,
});

describeFormat<ExtendedError>({
  name: 'extended error of a transmit stamp',
  bytes: packet('2a000000 04 00 00 00 01000000 e8030000'),
  value: { errno: 42, origin: 'timestamping', type: 0, code: 0, info: 1, data: 1000 },
  decode: decodeExtendedError,
  encode: encodeExtendedError,
});

describe('decodeExtendedError', () => {
  it('names no offender where the kernel writes AF_UNSPEC', () => {
    const local = packet('5a000000 01 00 00 00 14050000 00000000 0000 0000 00000000 0000000000000000');
    expect(decodeExtendedError(local)).toEqual({ errno: 90, origin: 'local', type: 0, code: 0, info: 1300, data: 0 });
  });

  it('keeps an offender of a family that it does not know', () => {
    const foreign = packet('71000000 02 03 01 00 00000000 00000000 0900 0102');
    expect(decodeExtendedError(foreign).offender).toEqual({ family: 'unknown', number: 9, bytes: packet('0102') });
  });

  it('keeps an origin that has no name as its number', () => {
    const unknown = UNREACHABLE.slice();
    unknown[4] = 77;
    expect(decodeExtendedError(unknown).origin).toBe(77);
  });

  it('refuses a cut offender', () => {
    expect(() => decodeExtendedError(UNREACHABLE, 0, 24)).toThrow(WireFormatError);
  });

  it('reads back what it writes, for any error', () => {
    const offender = fc.record({ family: fc.constant('ip4' as const), address: address(4), port: uint(16) });
    const origin = fc.constantFrom<ExtendedError['origin'][]>('none', 'local', 'icmp', 'icmp6', 'zerocopy', 9);
    const any = fc.record(
      { errno: uint(32), origin, type: uint(8), code: uint(8), info: uint(32), data: uint(32), offender },
      { requiredKeys: ['errno', 'origin', 'type', 'code', 'info', 'data'] },
    );
    fc.assert(
      fc.property(any, value => {
        expect(decodeExtendedError(encodeExtendedError(value))).toEqual(value);
      }),
    );
  });

  it.each(['errno', 'origin', 'type', 'code', 'info', 'data'])('refuses a %s out of range by name', field => {
    const encode = () => encodeExtendedError({ ...decodeExtendedError(UNREACHABLE), [field]: -1 });
    expect(encode).toThrow(expect.objectContaining({ code: 'FIELD_VALUE', field }));
  });
});

describe('decodeRfc4884Data', () => {
  it('tells where the extension starts and whether it is well formed', () => {
    expect(decodeRfc4884Data(0x0000_0078)).toEqual({ offset: 120, invalid: false });
    expect(decodeRfc4884Data(0x0001_0078)).toEqual({ offset: 120, invalid: true });
    expect(decodeRfc4884Data(0)).toEqual({ offset: 0, invalid: false });
  });
});
