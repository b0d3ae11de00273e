import { nearestName } from '../options/nearest-name.js';
import type { OptionLevel } from '../options/option.js';
import { OptionNameError } from '../options/option-name-error.js';
import { OptionValueError } from '../options/option-value-error.js';
import {
  ALL_OPTIONS,
  OPTIONS,
  type Option,
  type OptionInput,
  type OptionName,
  type OptionValue,
  type ReadableOption,
  type WritableOption,
} from '../options/table.js';
import { LINUX } from '../wire/constants.generated.js';
import { WireFormatError } from '../wire/wire-format-error.js';
import { requireInteger } from './argument-error.js';
import { type DescriptorSource, descriptorOf } from './descriptor.js';
import { SystemCallError } from './errors.js';
import { native } from './native.js';
import { optionFailure } from './option-failure.js';
import { applyOption, encodeOption, requireOption } from './option-settings.js';

/** What `readIntegerOption` adds to an errno, so that it is no int. */
const FAILURE = 2 ** 32;
const INT_MAX = 2 ** 31 - 1;

/**
 * Sets an option by its name in the kernel: `setOption(socket, 'TCP_USER_TIMEOUT', 5000)`.
 * @param socket anything with a socket beneath it, see `descriptorOf`.
 * @throws OptionNameError for a name that is no option's, or of one that can only be read; OptionValueError for a value
 * that it cannot have; DescriptorError where there is no socket; SystemCallError where the kernel refuses.
 */
export function setOption<Name extends WritableOption>(
  socket: DescriptorSource,
  name: Name,
  value: OptionInput<Name>,
): void {
  const option = requireOption(name);
  const { integer } = option;
  const descriptor = descriptorOf(socket);
  if (integer === undefined || option.access === 'r') {
    applyOption(descriptor, encodeOption(option, value));
    return;
  }
  const encoded = integer.toInteger(value, option);
  const result = native().writeIntegerOption(descriptor, option.levelAndNumber, encoded);
  if (result !== undefined) throw optionFailure(result, 'setsockopt', descriptor, option, value);
}

/**
 * Reads an option by its name in the kernel: `getOption(socket, 'TCP_INFO').rtt`.
 * @throws as `setOption` does.
 */
export function getOption<Name extends ReadableOption>(socket: DescriptorSource, name: Name): OptionValue<Name> {
  const option = requireOption(name);
  return read(descriptorOf(socket), option) as OptionValue<Name>;
}

/**
 * Every option that this socket has and that reading does not change, with its value.
 * @throws DescriptorError where there is no socket; SystemCallError for a descriptor that is none.
 */
export function getOptions(socket: DescriptorSource): { -readonly [Name in ReadableOption]?: OptionValue<Name> } {
  const descriptor = descriptorOf(socket);
  const values: Partial<Record<OptionName, unknown>> = {};
  read(descriptor, OPTIONS.SO_TYPE);
  for (const option of ALL_OPTIONS) {
    if (option.access === 'w' || option.consumes !== undefined) continue;
    try {
      values[option.name] = read(descriptor, option);
    } catch (error) {
      // The latter is what an option of another family gives: the name of a Unix-domain peer is no SO_PEERNAME.
      if (!(error instanceof SystemCallError || error instanceof WireFormatError)) throw error;
    }
  }
  return values as { -readonly [Name in ReadableOption]?: OptionValue<Name> };
}

/** A level of setsockopt(2) by the name of its constant, or by number. */
export type OptionLevelInput = OptionLevel | number;

/**
 * Sets an option that the table does not have, by level, number and bytes.
 * @throws OptionNameError for a level that is none; ArgumentError for a number that is none; OptionValueError for a value
 * that is no Buffer or Uint8Array; DescriptorError; SystemCallError.
 */
export function setOptionBytes(
  socket: DescriptorSource,
  level: OptionLevelInput,
  number: number,
  value: Uint8Array,
): void {
  const { name, levelNumber } = rawOption(level, number);
  if (!(value instanceof Uint8Array)) throw new OptionValueError(name, value, 'allowed is a Buffer or Uint8Array');
  const descriptor = descriptorOf(socket);
  const result = native().setOption(descriptor, levelNumber, number, value);
  if (result < 0) throw optionFailure(result, 'setsockopt', descriptor, { name }, value);
}

/**
 * Reads an option that the table does not have: as many bytes as the kernel gives.
 * @param size how many bytes to offer; or bytes that the kernel reads first, as options with a question in them need.
 * @throws as `setOptionBytes` does; ArgumentError for a size that is none.
 */
export function getOptionBytes(
  socket: DescriptorSource,
  level: OptionLevelInput,
  number: number,
  size: number | Uint8Array = 256,
): Uint8Array {
  const { name, levelNumber } = rawOption(level, number);
  const bytes = size instanceof Uint8Array ? Uint8Array.from(size) : new Uint8Array(requireSize(size));
  const descriptor = descriptorOf(socket);
  const result = native().getOption(descriptor, levelNumber, number, bytes);
  if (result < 0) throw optionFailure(result, 'getsockopt', descriptor, { name });
  return bytes.subarray(0, result);
}

function read(descriptor: number, option: Option): unknown {
  const { codec, levelNumber: level, number, access, integer } = option;
  if (access === 'w') throw new OptionNameError('OPTION_ACCESS', option.name, `${option.name} can only be set`);
  if (integer !== undefined) {
    const result = native().readIntegerOption(descriptor, option.levelAndNumber);
    if (result >= FAILURE) throw optionFailure(FAILURE - result, 'getsockopt', descriptor, option);
    return integer.fromInteger(result);
  }
  const bytes = new Uint8Array(codec.size);
  if (codec.question !== undefined) bytes.set(codec.question);
  let result = native().getOption(descriptor, level, number, bytes);
  for (const size of codec.smallerSizes ?? []) {
    if (result === -LINUX.EINVAL) result = native().getOption(descriptor, level, number, bytes.subarray(0, size));
  }
  if (result < 0) throw optionFailure(result, 'getsockopt', descriptor, option);
  return codec.decode(bytes.subarray(0, result * (codec.lengthUnit ?? 1)));
}

/** An option without a row: `IPPROTO_TCP:6`. */
function rawOption(level: OptionLevelInput, number: number): { name: string; levelNumber: number } {
  const levelNumber = numberOfLevel(level);
  requireInteger('number', number, 0, INT_MAX);
  return { name: `${level}:${number}`, levelNumber };
}

const LEVELS = Object.keys(LINUX).filter((name): name is OptionLevel => /^(SOL|IPPROTO)_|^AF_VSOCK$/.test(name));

function numberOfLevel(level: OptionLevelInput): number {
  if (typeof level === 'number') return requireInteger('level', level, 0, INT_MAX);
  if (LEVELS.includes(level)) return LINUX[level];
  const nearest = nearestName(String(level), LEVELS);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  throw new OptionNameError('OPTION_UNKNOWN', String(level), `there is no level ${String(level)}${hint}`);
}

function requireSize(size: unknown): number {
  return requireInteger('size', size, 0, INT_MAX, 'bytes, or a Buffer or Uint8Array to be read first');
}
