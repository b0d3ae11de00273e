import { describe, expect, it } from 'vitest';
import {
  type FilterInstruction,
  FilterProgramError,
  filterProgram,
  WHOLE_PACKET,
} from '../../../src/options/filter-program.js';

/** Instructions as `tcpdump -ddd` prints them: code, jump if true, jump if false, number. */
function listing(program: Uint8Array): string[] {
  const view = new DataView(program.buffer, program.byteOffset);
  return Array.from({ length: program.length / 8 }, (_, index) => {
    const at = index * 8;
    return [view.getUint16(at, true), program[at + 2], program[at + 3], view.getUint32(at + 4, true)].join(' ');
  });
}

describe('filterProgram', () => {
  it('assembles what tcpdump compiles "udp port 53" over raw IP to', () => {
    const program = filterProgram([
      { do: 'load', size: 1, at: 9 },
      { do: 'jump', if: '==', value: 17, whenFalse: 'drop' },
      { do: 'load', size: 2, at: 6 },
      { do: 'jump', if: '&', value: 0x1fff, whenTrue: 'drop' },
      { do: 'load-header-length', at: 0 },
      { do: 'load', size: 2, at: 0, indexed: true },
      { do: 'jump', if: '==', value: 53, whenTrue: 'keep' },
      { do: 'load', size: 2, at: 2, indexed: true },
      { do: 'jump', if: '==', value: 53, whenFalse: 'drop' },
      { do: 'label', name: 'keep' },
      { do: 'return', value: 262_144 },
      { do: 'label', name: 'drop' },
      { do: 'return', value: 0 },
    ]);
    expect(listing(program)).toEqual([
      '48 0 0 9',
      '21 0 8 17',
      '40 0 0 6',
      '69 6 0 8191',
      '177 0 0 0',
      '72 0 0 0',
      '21 2 0 53',
      '72 0 0 2',
      '21 0 1 53',
      '6 0 0 262144',
      '6 0 0 0',
    ]);
  });

  it('has every instruction', () => {
    const program = filterProgram([
      { do: 'load-number', value: 7 },
      { do: 'load-length' },
      { do: 'load-ancillary', what: 'cpu' },
      { do: 'compute', operator: '%', value: 4 },
      { do: 'accumulator-to-index' },
      { do: 'compute', operator: '+' },
      { do: 'index-to-accumulator' },
      { do: 'goto', to: 'end' },
      { do: 'return', value: WHOLE_PACKET },
      { do: 'label', name: 'end' },
      { do: 'return-accumulator' },
    ]);
    expect(listing(program)).toEqual([
      '0 0 0 7',
      '128 0 0 0',
      '32 0 0 4294963236',
      '148 0 0 4',
      '7 0 0 0',
      '12 0 0 0',
      '135 0 0 0',
      '5 0 0 1',
      '6 0 0 4294967295',
      '22 0 0 0',
    ]);
  });

  it.each<[string, FilterInstruction[], string]>([
    ['nothing', [], 'has 1 to 4096 instructions; this has 0'],
    ['a label that is nowhere', [{ do: 'goto', to: 'x' }], "label 'x' is nowhere"],
    [
      'a jump back',
      [
        { do: 'label', name: 'x' },
        { do: 'return', value: 0 },
        { do: 'goto', to: 'x' },
      ],
      'goes forward',
    ],
    [
      'a label twice',
      [
        { do: 'label', name: 'x' },
        { do: 'label', name: 'x' },
      ],
      "'x' stands twice",
    ],
    [
      'a conditional jump too far',
      [
        { do: 'jump', if: '>', value: 1, whenTrue: 'x' },
        ...Array.from({ length: 256 }, () => ({ do: 'load-length' }) as const),
        { do: 'label', name: 'x' },
        { do: 'return', value: 0 },
      ],
      'above 255',
    ],
    ['no program', 'text' as never, 'an array of instructions'],
    ['what is no instruction', [null as never], 'an array of instructions'],
    ['an unknown instruction', [{ do: 'nope' } as never], "no instruction 'nope'"],
    ['a jump to nowhere', [{ do: 'goto' } as never, { do: 'return', value: 0 }], "'undefined' is nowhere"],
    ['a label without a name', [{ do: 'label' } as never, { do: 'return', value: 0 }], 'a label has a name'],
    ['a number of null', [{ do: 'compute', operator: '+', value: null as never }], 'null is no number of 32 bits'],
    ['an unknown size', [{ do: 'load', size: 3 as never, at: 0 }], "'3' is none of 1, 2, 4"],
    ['an unknown test', [{ do: 'jump', if: '<' as never, value: 1 }], "'<' is none of ==, >, >=, &"],
    ['an unknown operator', [{ do: 'compute', operator: '**' as never }], "'**' is none of"],
    ['unknown ancillary data', [{ do: 'load-ancillary', what: 'toString' as never }], "'toString' is none of"],
    ['a number that is none', [{ do: 'return', value: undefined as never }], 'undefined is no number of 32 bits'],
    ['too great a number', [{ do: 'load-number', value: 2 ** 32 }], '4294967296 is no number of 32 bits'],
  ])('refuses %s', (_what, instructions, message) => {
    expect(() => filterProgram(instructions)).toThrow(FilterProgramError);
    expect(() => filterProgram(instructions)).toThrow(message);
  });
});
