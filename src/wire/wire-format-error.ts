/** Bytes that are not what they claim to be. Decoders throw this and nothing else, whatever the bytes. */
export class WireFormatError extends Error {
  override readonly name = 'WireFormatError';
  readonly code = 'WIRE_FORMAT';
  /** What was being decoded: `IPv4 header`. */
  readonly structure: string;
  /** Where in the given bytes the fault was seen. */
  readonly offset: number;

  constructor(structure: string, offset: number, problem: string) {
    super(`${structure} at byte ${offset}: ${problem}`);
    this.structure = structure;
    this.offset = offset;
  }
}

/** Refuses a structure of which fewer than `needed` bytes lie between `start` and `end`. */
export function requireBytes(structure: string, start: number, end: number, needed: number): void {
  if (end - start < needed) {
    throw new WireFormatError(structure, start, `${Math.max(0, end - start)} bytes where ${needed} are needed`);
  }
}
