import type { Codec, EncodeContext } from '../codec.js';
import { OptionValueError } from '../option-value-error.js';

/** Refuses what is no Uint8Array (a Buffer is one) of `least` to `greatest` bytes. */
export function requireBytesOf(value: unknown, least: number, greatest: number, { name }: EncodeContext): Uint8Array {
  const allowed = least === greatest ? `${least} bytes` : `${least} to ${greatest} bytes`;
  if (!(value instanceof Uint8Array)) throw new OptionValueError(name, value, `allowed is a Buffer of ${allowed}`);
  if (value.length < least || value.length > greatest) {
    throw new OptionValueError(name, value, `allowed are ${allowed}`);
  }
  return value;
}

/** Bytes as the kernel has them; for values whose form belongs to another protocol. */
export function bytes(least: number, greatest: number): Codec<Uint8Array> {
  return {
    shape: 'Uint8Array',
    size: greatest,
    encode: (value, context) => requireBytesOf(value, least, greatest, context),
    decode: bytes => bytes.slice(),
  };
}
