import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { AddressRange } from '../wire/address-range.js';
import type { IpAddress } from '../wire/ip-address.js';
import { UsageError } from './failure.js';
import { quoted } from './harmless.js';

/** A name or address as text, or an address that needs no reading. */
export type Target = string | IpAddress;

/** Where a mass ping's targets come from; all of them are asked, in this order. */
export interface TargetSources {
  names: readonly string[];
  ranges: readonly AddressRange[];
  /** Texts with a target a line; what follows `#` is a comment. */
  files: readonly Readable[];
}

/** A line that is longer is no host name (RFC 1035 section 2.3.4: 255 octets), and must not be collected for ever. */
const LINE_LIMIT = 4096;

/**
 * Opens the files of --file, `-` being standard input.
 * @throws Error ENOENT, EACCES, ... as `open` says it.
 */
export async function openFiles(paths: readonly string[]): Promise<Readable[]> {
  const streams: Readable[] = [];
  for (const path of paths) streams.push(path === '-' ? process.stdin : (await open(path)).createReadStream());
  return streams;
}

/**
 * A block or range of -g. An IPv4 block leaves out its network and broadcast addresses, as fping does.
 * @throws UsageError
 */
export function parseRange(text: string): AddressRange {
  try {
    return AddressRange.parse(text, { hostsOnly: true });
  } catch {
    throw new UsageError(`-g takes ADDRESS/BITS or FIRST-LAST, not ${quoted(text)}`);
  }
}

/** How many targets there are; undefined where only the end of a file will tell. */
export function countTargets({ names, ranges, files }: TargetSources): number | undefined {
  if (files.length > 0) return undefined;
  return names.length + ranges.reduce((sum, range) => sum + Number(range.count), 0);
}

/**
 * The targets one at a time, none held: a million of them costs nothing before its turn.
 * @param signal ends the reading of a file that keeps one waiting, for one standard input.
 */
export function eachTarget(sources: TargetSources, signal: AbortSignal): Iterable<Target> | AsyncIterable<Target> {
  return sources.files.length === 0 ? eachNamed(sources) : eachOfAll(sources, signal);
}

function* eachNamed({ names, ranges }: TargetSources): Generator<Target, void, undefined> {
  yield* names;
  for (const range of ranges) yield* range;
}

async function* eachOfAll(sources: TargetSources, signal: AbortSignal): AsyncGenerator<Target, void, undefined> {
  yield* eachNamed(sources);
  for (const file of sources.files) yield* eachLine(file, signal);
}

async function* eachLine(input: Readable, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  const end = () => input.destroy();
  signal.addEventListener('abort', end, { once: true });
  try {
    let rest = '';
    for await (const chunk of input.setEncoding('utf8')) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_LIMIT) throw new UsageError(`--file: a line is longer than ${LINE_LIMIT} characters`);
      yield* targetsIn(lines);
    }
    yield* targetsIn([rest]);
  } catch (error) {
    // Destroyed by `end` in the middle of a read.
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', end);
    input.destroy();
  }
}

function* targetsIn(lines: readonly string[]): Generator<string, void, undefined> {
  for (const line of lines) {
    const target = line.replace(/#.*/s, '').trim();
    if (target !== '') yield target;
  }
}
