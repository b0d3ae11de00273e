import type { EncodeContext } from '../options/codec.js';
import { OptionNameError, unknownOption } from '../options/option-name-error.js';
import { OPTIONS, type Option, type OptionName, type OptionSettings } from '../options/table.js';
import { LINUX } from '../wire/constants.generated.js';
import { requireObject } from './argument-error.js';
import { native } from './native.js';
import { optionFailure } from './option-failure.js';

/** An option with the bytes of its value: all that setting it needs. */
export interface EncodedOption {
  readonly option: Option;
  readonly value: unknown;
  readonly level: number;
  readonly bytes: Uint8Array;
}

/**
 * Checks and encodes options that are to be set on a socket that is not made yet, in the order in which they are given.
 * No system call is made but if_nametoindex(3), where a value names an interface.
 * @throws OptionNameError, OptionValueError, ArgumentError for what is no object
 */
export function encodeSettings(settings: OptionSettings = {}): EncodedOption[] {
  const given = Object.entries(requireSettings('options', settings)).filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => encodeOption(requireOption(name as OptionName), value));
}

/** Options by their names, or a refusal of the argument by name. */
export function requireSettings(argument: string, settings: OptionSettings): OptionSettings {
  return requireObject(argument, settings, 'an object with a value for each option by its name');
}

/** Sets options one after another. @throws SystemCallError naming the one that the kernel refused. */
export function applySettings(descriptor: number, settings: readonly EncodedOption[]): void {
  for (const setting of settings) applyOption(descriptor, setting);
}

/** The row of an option. @throws OptionNameError with the nearest name. */
export function requireOption(name: OptionName): Option {
  const option = typeof name === 'string' ? OPTIONS[name] : undefined;
  if (option === undefined) throw unknownOption(name, Object.keys(OPTIONS));
  return option;
}

function requireWritable(option: Option): void {
  if (option.access === 'r') throw new OptionNameError('OPTION_ACCESS', option.name, `${option.name} can only be read`);
}

export function encodeOption(option: Option, value: unknown): EncodedOption {
  requireWritable(option);
  const { name, range, gap, codec, levelFor, levelNumber } = option;
  const context: EncodeContext = { name, range, gap, interfaceIndex };
  const bytes = codec.encode(value, context);
  return { option, value, level: levelFor === undefined ? levelNumber : LINUX[levelFor(value)], bytes };
}

export function applyOption(descriptor: number, { option, value, level, bytes }: EncodedOption): void {
  const addon = native();
  const result =
    option.codec.transport === 'filter'
      ? addon.setFilterOption(descriptor, level, option.number, bytes)
      : addon.setOption(descriptor, level, option.number, bytes);
  if (result < 0) throw optionFailure(result, 'setsockopt', descriptor, option, value);
}

function interfaceIndex(name: string): number {
  return native().interfaceIndex(name);
}
