/** What a codec may know of the option whose value it encodes. */
export interface EncodeContext {
  /** The option's name, for errors. */
  readonly name: string;
  /** The least and greatest number allowed, where the option narrows what its codec could hold. In the value's unit. */
  readonly range?: readonly [number, number];
  /** The least and greatest of numbers within the range that are not allowed either: between 0, which means none, and a floor. */
  readonly gap?: readonly [number, number];
  /** The index of an interface that was given by name: if_nametoindex(3), which a pure layer cannot call. */
  readonly interfaceIndex?: (name: string) => number;
}

/**
 * How an option's value stands in the bytes of setsockopt(2) and getsockopt(2). `Read` is what decoding gives; `Write`,
 * where it is wider, what encoding takes.
 */
export interface Codec<Read, Write = Read> {
  /** The value's type in words of TypeScript, for the reference and for errors: `boolean`, `'dont' | 'want' | number`. */
  readonly shape: string;
  /** The least and greatest number that the bytes can hold, in the value's unit; undefined for values that are no number. */
  readonly range?: readonly [number, number];
  /** How many bytes to offer to getsockopt(2). */
  readonly size: number;
  /** Smaller sizes to offer after EINVAL, for a kernel that refuses more room than the value has. Default: none. */
  readonly smallerSizes?: readonly number[];
  /** What getsockopt(2) counts its result in: bytes, except for the instructions of a filter. Default: 1. */
  readonly lengthUnit?: number;
  /** What stands at the start of the buffer that getsockopt(2) is given, where the kernel reads it first. Default: zeros. */
  readonly question?: Uint8Array;
  /** Which native call takes the encoded bytes. Default: 'bytes'. */
  readonly transport?: 'bytes' | 'integer' | 'filter';
  /** @throws OptionValueError naming option, value and reason. */
  encode(value: Write, context: EncodeContext): Uint8Array;
  /** @throws WireFormatError for bytes that are too few. */
  decode(bytes: Uint8Array): Read;
}

/** A codec whose bytes are one C int, so that the value crosses to the addon as a number. */
export interface IntegerCodec<Read, Write = Read> extends Codec<Read, Write> {
  readonly transport: 'integer';
  /** The C int that stands for the value. @throws OptionValueError */
  toInteger(value: Write, context: EncodeContext): number;
  fromInteger(integer: number): Read;
}
