import { setHostUint16, setHostUint32 } from '../wire/byte-order.js';
import { LINUX } from '../wire/constants.generated.js';

/** Where a jump goes: a label. Jumps go forward only, so every program ends. */
export type Label = string;

/** What is tested of the accumulator against a number. */
export type JumpTest = '==' | '>' | '>=' | '&';

export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';

/** Ancillary data that a load gives in place of packet bytes: linux/filter.h, SKF_AD_*. */
export type Ancillary =
  | 'protocol'
  | 'packet-type'
  | 'interface-index'
  | 'mark'
  | 'queue'
  | 'cpu'
  | 'receive-hash'
  | 'random'
  | 'vlan-tag';

/** One instruction of classic BPF, or the place that a label names. */
export type FilterInstruction =
  | { do: 'label'; name: Label }
  /** Loads 1, 2 or 4 bytes of the packet into the accumulator, in network order. */
  | { do: 'load'; size: 1 | 2 | 4; at: number; indexed?: boolean }
  | { do: 'load-number'; value: number }
  | { do: 'load-length' }
  | { do: 'load-ancillary'; what: Ancillary }
  /** Index register = 4 * (low four bits of the byte at `at`): the length of an IPv4 header. */
  | { do: 'load-header-length'; at: number }
  /** Compares the accumulator with a number; a missing branch falls through to the next instruction. */
  | { do: 'jump'; if: JumpTest; value: number; whenTrue?: Label; whenFalse?: Label }
  | { do: 'goto'; to: Label }
  /** Computes on the accumulator, with a number or (without one) with the index register. */
  | { do: 'compute'; operator: Arithmetic; value?: number }
  | { do: 'accumulator-to-index' }
  | { do: 'index-to-accumulator' }
  /** Ends: how many bytes of the packet to keep, 0 for none. Of SO_ATTACH_REUSEPORT_CBPF: the index of the socket. */
  | { do: 'return'; value: number }
  | { do: 'return-accumulator' };

/** A whole packet: the greatest number that a filter can return. */
export const WHOLE_PACKET = 0xffffffff;

const SIZES = { 1: LINUX.BPF_B, 2: LINUX.BPF_H, 4: LINUX.BPF_W } as const;

const TESTS = { '==': LINUX.BPF_JEQ, '>': LINUX.BPF_JGT, '>=': LINUX.BPF_JGE, '&': LINUX.BPF_JSET } as const;

const OPERATORS = {
  '+': LINUX.BPF_ADD,
  '-': LINUX.BPF_SUB,
  '*': LINUX.BPF_MUL,
  '/': LINUX.BPF_DIV,
  '%': LINUX.BPF_MOD,
  '&': LINUX.BPF_AND,
  '|': LINUX.BPF_OR,
  '^': LINUX.BPF_XOR,
  '<<': LINUX.BPF_LSH,
  '>>': LINUX.BPF_RSH,
} as const;

const ANCILLARY = {
  protocol: LINUX.SKF_AD_PROTOCOL,
  'packet-type': LINUX.SKF_AD_PKTTYPE,
  'interface-index': LINUX.SKF_AD_IFINDEX,
  mark: LINUX.SKF_AD_MARK,
  queue: LINUX.SKF_AD_QUEUE,
  cpu: LINUX.SKF_AD_CPU,
  'receive-hash': LINUX.SKF_AD_RXHASH,
  random: LINUX.SKF_AD_RANDOM,
  'vlan-tag': LINUX.SKF_AD_VLAN_TAG,
} as const;

/** The members of a `struct sock_filter`. */
interface Encoded {
  code: number;
  k: number;
  whenTrue?: number;
  whenFalse?: number;
}

/** A program that cannot be assembled. */
export class FilterProgramError extends Error {
  override readonly name = 'FilterProgramError';
  readonly code = 'FILTER_PROGRAM';
}

/**
 * Assembles a program of classic BPF (bpf(4) of the BSDs, linux/filter.h) into the `struct sock_filter` array that
 * SO_ATTACH_FILTER, SO_ATTACH_REUSEPORT_CBPF and PACKET_FANOUT_DATA take.
 * @throws FilterProgramError for a label that is missing, twice there, behind, or beyond 255 instructions, and for what is
 * no instruction, no number of 32 bits, or no word of one.
 */
export function filterProgram(instructions: readonly FilterInstruction[]): Uint8Array {
  if (!Array.isArray(instructions) || instructions.some(each => typeof each !== 'object' || each === null)) {
    throw new FilterProgramError('a program is an array of instructions: { do: ... }');
  }
  const labels = placeLabels(instructions);
  const real = instructions.filter(instruction => instruction.do !== 'label');
  if (real.length === 0 || real.length > LINUX.BPF_MAXINSNS) {
    throw new FilterProgramError(`a program has 1 to ${LINUX.BPF_MAXINSNS} instructions; this has ${real.length}`);
  }
  const bytes = new Uint8Array(real.length * LINUX.sizeof_sock_filter);
  real.forEach((instruction, index) => {
    write(bytes, index * LINUX.sizeof_sock_filter, encode(instruction, jumpsFrom(index, labels)));
  });
  return bytes;
}

/** The index of the instruction that each label stands before. */
function placeLabels(instructions: readonly FilterInstruction[]): Map<Label, number> {
  const labels = new Map<Label, number>();
  let next = 0;
  for (const instruction of instructions) {
    if (instruction.do !== 'label') next++;
    else if (typeof instruction.name !== 'string') throw new FilterProgramError('a label has a name');
    else if (labels.has(instruction.name)) throw new FilterProgramError(`label '${instruction.name}' stands twice`);
    else labels.set(instruction.name, next);
  }
  return labels;
}

/** How many instructions a jump from `index` skips to reach a label. */
function jumpsFrom(index: number, labels: ReadonlyMap<Label, number>) {
  return (label: Label, furthest = 255): number => {
    const target = labels.get(label);
    if (target === undefined) throw new FilterProgramError(`label '${String(label)}' is nowhere`);
    const skipped = target - index - 1;
    if (skipped < 0) throw new FilterProgramError(`a jump goes forward; label '${label}' is behind it`);
    if (skipped > furthest)
      throw new FilterProgramError(`label '${label}' is ${skipped} instructions on, above ${furthest}`);
    return skipped;
  };
}

function encode(instruction: FilterInstruction, jump: ReturnType<typeof jumpsFrom>): Encoded {
  switch (instruction.do) {
    case 'label':
      throw new FilterProgramError('a label is no instruction');
    case 'load': {
      const mode = instruction.indexed ? LINUX.BPF_IND : LINUX.BPF_ABS;
      return { code: LINUX.BPF_LD | of(SIZES, instruction.size) | mode, k: instruction.at };
    }
    case 'load-number':
      return { code: LINUX.BPF_LD | LINUX.BPF_IMM, k: instruction.value };
    case 'load-length':
      return { code: LINUX.BPF_LD | LINUX.BPF_W | LINUX.BPF_LEN, k: 0 };
    case 'load-ancillary':
      return {
        code: LINUX.BPF_LD | LINUX.BPF_W | LINUX.BPF_ABS,
        k: LINUX.SKF_AD_OFF + of(ANCILLARY, instruction.what),
      };
    case 'load-header-length':
      return { code: LINUX.BPF_LDX | LINUX.BPF_B | LINUX.BPF_MSH, k: instruction.at };
    case 'jump':
      return {
        code: LINUX.BPF_JMP | of(TESTS, instruction.if) | LINUX.BPF_K,
        k: instruction.value,
        whenTrue: instruction.whenTrue === undefined ? 0 : jump(instruction.whenTrue),
        whenFalse: instruction.whenFalse === undefined ? 0 : jump(instruction.whenFalse),
      };
    case 'goto':
      return { code: LINUX.BPF_JMP | LINUX.BPF_JA, k: jump(instruction.to, LINUX.BPF_MAXINSNS) };
    case 'compute': {
      const { operator, value } = instruction;
      const source = value === undefined ? LINUX.BPF_X : LINUX.BPF_K;
      return { code: LINUX.BPF_ALU | of(OPERATORS, operator) | source, k: value === undefined ? 0 : value };
    }
    case 'accumulator-to-index':
      return { code: LINUX.BPF_MISC | LINUX.BPF_TAX, k: 0 };
    case 'index-to-accumulator':
      return { code: LINUX.BPF_MISC | LINUX.BPF_TXA, k: 0 };
    case 'return':
      return { code: LINUX.BPF_RET | LINUX.BPF_K, k: instruction.value };
    case 'return-accumulator':
      return { code: LINUX.BPF_RET | LINUX.BPF_A, k: 0 };
    default:
      throw new FilterProgramError(`there is no instruction '${String((instruction as { do?: unknown }).do)}'`);
  }
}

/** What a word of an instruction stands for. */
function of<Word extends string | number>(numbers: Readonly<Record<Word, number>>, word: Word): number {
  if (Object.hasOwn(numbers, word)) return numbers[word];
  throw new FilterProgramError(`'${String(word)}' is none of ${Object.keys(numbers).join(', ')}`);
}

function write(bytes: Uint8Array, at: number, { code, k, whenTrue = 0, whenFalse = 0 }: Encoded): void {
  if (!Number.isInteger(k) || k < -(2 ** 31) || k > 0xffffffff) {
    throw new FilterProgramError(`${String(k)} is no number of 32 bits`);
  }
  setHostUint16(bytes, at + LINUX.offsetof_sock_filter_code, code);
  bytes[at + LINUX.offsetof_sock_filter_jt] = whenTrue;
  bytes[at + LINUX.offsetof_sock_filter_jf] = whenFalse;
  setHostUint32(bytes, at + LINUX.offsetof_sock_filter_k, k);
}
