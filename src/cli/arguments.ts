import { UsageError } from './failure.js';
import { quoted } from './harmless.js';

/** What a number on the command line may be. */
export interface NumberRange {
  minimum: number;
  maximum: number;
  /** In the plural: "bytes". */
  unit?: string;
  /** Takes fractions: 0.2. Default: whole numbers, decimal or hexadecimal (0x10). */
  fractions?: boolean;
}

const WHOLE = /^(?:\d+|0x[0-9a-f]+)$/i;
const FRACTION = /^(?:\d+(?:\.\d*)?|\.\d+)$/;

/**
 * The number that `text` writes.
 * @param flag the option's letter as people type it: `-s`.
 * @throws UsageError `-s takes 0 to 65507 bytes, not 65508`.
 */
export function parseNumber(flag: string, text: string, range: NumberRange): number {
  const pattern = range.fractions ? FRACTION : WHOLE;
  const value = pattern.test(text) ? Number(text) : Number.NaN;
  if (value >= range.minimum && value <= range.maximum) return value;
  const unit = range.unit === undefined ? '' : ` ${range.unit}`;
  throw new UsageError(`${flag} takes ${range.minimum} to ${range.maximum}${unit}, not ${quoted(text)}`);
}

/** As `parseNumber`, for an option that may be absent. */
export function optionalNumber(flag: string, text: string | undefined, range: NumberRange): number | undefined {
  return text === undefined ? undefined : parseNumber(flag, text, range);
}

/** Milliseconds from seconds on the command line, exact to the nanosecond. */
export function optionalSeconds(
  flag: string,
  text: string | undefined,
  range: { minimum: number; maximum: number },
): number | undefined {
  const seconds = optionalNumber(flag, text, { ...range, unit: 'seconds', fractions: true });
  return seconds === undefined ? undefined : Math.round(seconds * 1e9) / 1e6;
}

/**
 * One of a few words.
 * @throws UsageError `-M takes do, want, dont or probe, not x`.
 */
export function parseWord<Word extends string>(flag: string, text: string, words: readonly Word[]): Word {
  const word = words.find(candidate => candidate === text);
  if (word !== undefined) return word;
  const choices = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  throw new UsageError(`${flag} takes ${choices}, not ${quoted(text)}`);
}
