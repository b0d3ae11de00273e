import { TcpHeaderAt } from '../../wire/tcp-header.js';
import { decodeTcpOptions } from '../../wire/tcp-options.js';
import { WireFormatError } from '../../wire/wire-format-error.js';

const FIXED_HEADER = 20;

/** The MSS option of a segment (RFC 9293 section 3.7.1); undefined where it has none, or is malformed. */
export function offeredMss(bytes: Uint8Array, start: number, end: number): number | undefined {
  const header = Math.min(end, start + TcpHeaderAt.headerLength(bytes, start));
  try {
    const options = decodeTcpOptions(bytes, start + FIXED_HEADER, header);
    return options.find(option => option.kind === 'maximum-segment-size')?.bytes;
  } catch (error) {
    if (error instanceof WireFormatError) return undefined;
    throw error;
  }
}
