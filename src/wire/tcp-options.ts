import { octets, padded } from './byte-array.js';
import { uint8, uint16, uint32 } from './byte-order.js';
import { requireInteger, requireLength, requireUint } from './field-value-error.js';
import { requireBytes, WireFormatError } from './wire-format-error.js';

/** An option of a TCP header: RFC 9293 section 3.2, RFC 7323, RFC 2018. */
export type TcpOption =
  | { kind: 'no-operation' }
  | { kind: 'maximum-segment-size'; bytes: number }
  | { kind: 'window-scale'; shift: number }
  | { kind: 'selective-acknowledgment-permitted' }
  | { kind: 'selective-acknowledgment'; blocks: { left: number; right: number }[] }
  | { kind: 'timestamps'; value: number; echoReply: number }
  | { kind: 'unknown'; type: number; data: Uint8Array };

const TYPE = {
  end: 0,
  noOperation: 1,
  maximumSegmentSize: 2,
  windowScale: 3,
  selectiveAcknowledgmentPermitted: 4,
  selectiveAcknowledgment: 5,
  timestamps: 8,
} as const;

const STRUCTURE = 'TCP option';
const MAXIMUM_OPTIONS = 40;
const BLOCK = 8;

/** The options from `start` to `end` of a header, up to the end-of-list option. */
export function decodeTcpOptions(bytes: Uint8Array, start: number, end: number): TcpOption[] {
  const options: TcpOption[] = [];
  let at = start;
  while (at < end && uint8(bytes, at) !== TYPE.end) {
    if (uint8(bytes, at) === TYPE.noOperation) {
      options.push({ kind: 'no-operation' });
      at += 1;
      continue;
    }
    requireBytes(STRUCTURE, at, end, 2);
    const length = uint8(bytes, at + 1);
    if (length < 2) throw new WireFormatError(STRUCTURE, at, `length ${length}`);
    requireBytes(STRUCTURE, at, end, length);
    options.push(decodeOption(uint8(bytes, at), bytes.slice(at + 2, at + length)));
    at += length;
  }
  return options;
}

/** An option whose data are not as long as its type asks for is an unknown one. */
function decodeOption(type: number, data: Uint8Array): TcpOption {
  switch (type) {
    case TYPE.maximumSegmentSize:
      if (data.length === 2) return { kind: 'maximum-segment-size', bytes: uint16(data, 0) };
      break;
    case TYPE.windowScale:
      if (data.length === 1) return { kind: 'window-scale', shift: uint8(data, 0) };
      break;
    case TYPE.selectiveAcknowledgmentPermitted:
      if (data.length === 0) return { kind: 'selective-acknowledgment-permitted' };
      break;
    case TYPE.selectiveAcknowledgment:
      if (data.length % BLOCK === 0) return { kind: 'selective-acknowledgment', blocks: decodeBlocks(data) };
      break;
    case TYPE.timestamps:
      if (data.length === 8) return { kind: 'timestamps', value: uint32(data, 0), echoReply: uint32(data, 4) };
      break;
  }
  return { kind: 'unknown', type, data };
}

function decodeBlocks(data: Uint8Array): { left: number; right: number }[] {
  return Array.from({ length: data.length / BLOCK }, (_, index) => ({
    left: uint32(data, BLOCK * index),
    right: uint32(data, BLOCK * index + 4),
  }));
}

/** The options' bytes, padded with end-of-list options to a multiple of 4. */
export function encodeTcpOptions(options: readonly TcpOption[]): Uint8Array {
  const encoded = options.flatMap(encodeOption);
  requireLength('options', encoded.length, 0, MAXIMUM_OPTIONS);
  return padded(encoded, 4);
}

function encodeOption(option: TcpOption): number[] {
  switch (option.kind) {
    case 'no-operation':
      return [TYPE.noOperation];
    case 'maximum-segment-size':
      return [TYPE.maximumSegmentSize, 4, ...field('bytes', option.bytes, 16)];
    case 'window-scale':
      return [TYPE.windowScale, 3, ...field('shift', option.shift, 8)];
    case 'selective-acknowledgment-permitted':
      return [TYPE.selectiveAcknowledgmentPermitted, 2];
    case 'selective-acknowledgment':
      return [TYPE.selectiveAcknowledgment, 2 + BLOCK * option.blocks.length, ...option.blocks.flatMap(encodeBlock)];
    case 'timestamps':
      return [TYPE.timestamps, 10, ...field('value', option.value, 32), ...field('echoReply', option.echoReply, 32)];
    case 'unknown':
      // Types 0 and 1 have no length octet, so they cannot be told from padding.
      requireInteger('type', option.type, 2, 0xff);
      return [option.type, 2 + option.data.length, ...option.data];
  }
}

function encodeBlock({ left, right }: { left: number; right: number }): number[] {
  return [...field('left', left, 32), ...field('right', right, 32)];
}

function field(name: string, value: number, bits: 8 | 16 | 32): number[] {
  return octets(requireUint(name, value, bits), bits);
}
