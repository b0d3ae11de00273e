import { type FilterInstruction, filterProgram, WHOLE_PACKET } from '../../options/filter-program.js';
import type { Family } from '../../wire/ip-address.js';

/** Nothing is received: for raw sockets that only send, and would get a copy of all that comes in for their protocol. */
export function nothingFilter(): Uint8Array {
  return filterProgram([{ do: 'return', value: 0 }]);
}

/** Segments to ports from `first` to `last`. A raw IPv4 socket gets the IP header too (raw(7)). */
export function destinationPortFilter(family: Family, first: number, last: number): Uint8Array {
  const indexed = family === 4;
  const program: FilterInstruction[] = [
    { do: 'load', size: 2, at: 2, indexed },
    { do: 'jump', if: '>=', value: first, whenFalse: 'drop' },
    { do: 'jump', if: '>', value: last, whenTrue: 'drop' },
    { do: 'return', value: WHOLE_PACKET },
    { do: 'label', name: 'drop' },
    { do: 'return', value: 0 },
  ];
  return filterProgram(indexed ? [{ do: 'load-header-length', at: 0 }, ...program] : program);
}
