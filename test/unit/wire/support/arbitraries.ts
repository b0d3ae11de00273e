import fc from 'fast-check';
import { type Family, IpAddress } from '../../../../src/wire/ip-address.js';

/** Values for property tests. */

export const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });

export const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });

/** Any address of the family; runs of zeros are common, as in real ones. */
export function address(family: Family, scope?: string): fc.Arbitrary<IpAddress> {
  const length = family === 4 ? 4 : 16;
  const sparse = fc.array(fc.oneof(fc.constant(0), uint(8)), { minLength: length, maxLength: length });
  return sparse.map(octets => IpAddress.fromBytes(Uint8Array.from(octets), scope));
}

export const anyAddress = fc.oneof(address(4), address(6));

export const family = fc.constantFrom<Family>(4, 6);
