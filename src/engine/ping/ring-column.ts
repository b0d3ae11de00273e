/** One field of every element of a ring. */
type Column = Uint8Array | Uint32Array | Int32Array | Float64Array;

/**
 * A full ring in twice the memory: its oldest element goes from `from` to `to`, the others follow it round the end.
 * `width` is how many array elements an element of the ring has.
 */
export function regrown<T extends Column>(column: T, from: number, to: number, width: number): T {
  const grown = new (column.constructor as new (length: number) => T)(2 * column.length);
  const tail = column.subarray(from * width);
  grown.set(tail, to * width);
  grown.set(column.subarray(0, from * width), (to * width + tail.length) % grown.length);
  return grown;
}
