import type { PingOptions } from '../../tools/ping-options.js';
import type { AddressRange } from '../../wire/address-range.js';
import { IpAddress } from '../../wire/ip-address.js';
import { optionalNumber, optionalSeconds, parseWord } from '../arguments.js';
import { createParser, parseArguments } from '../command-line.js';
import { addCommonOptions, type CommonFlags, readCommonOptions } from '../common-options.js';
import { UsageError } from '../failure.js';
import { quoted } from '../harmless.js';
import { parseRange } from '../targets.js';
import type { Terminal } from '../terminal.js';

/** What a call of `subsocket ping` asks for. */
export interface PingCall {
  targets: readonly string[];
  ranges: readonly AddressRange[];
  /** Paths of --file. */
  files: readonly string[];
  /** For the library. */
  options: PingOptions;
  /** For the output. */
  json: boolean;
  quiet: boolean;
  stamps: boolean;
  outstanding: boolean;
  numeric: boolean;
}

interface Flags extends CommonFlags {
  count?: string;
  interval?: string;
  timeout?: string;
  deadline?: string;
  size?: string;
  ttl?: string;
  tos?: string;
  mtuDiscover?: string;
  pattern?: string;
  through?: string[];
  flood?: true;
  adaptive?: true;
  quiet?: true;
  stamps?: true;
  outstanding?: true;
  recordRoute?: true;
  timestamp?: string;
  generate?: string[];
  file?: string[];
  rate?: string;
  retries?: string;
  transmitStamps: boolean;
}

const DAY = 86_400;
const HUGE = 0xffffffff;
const MTU_DISCOVER = ['do', 'want', 'dont', 'probe'] as const;
const MARK = { mark: '-m' };
const repeated = (value: string, previous: string[] = []) => [...previous, value];

/**
 * Reads the arguments of `subsocket ping`; options may stand before or after targets.
 * @throws UsageError by name, with what is taken instead.
 * @throws HelpShown
 */
export function readPingCall(name: string, args: readonly string[], terminal: Terminal): PingCall {
  const parser = parseArguments(pingParser(name, terminal), args);
  const flags = parser.opts<Flags>();
  const { targets, prespecified } = splitTargets(flags.timestamp, parser.args);
  const ranges = (flags.generate ?? []).map(parseRange);
  const files = flags.file ?? [];
  if (targets.length + ranges.length + files.length === 0) throw new UsageError(`name a target: ${name} TARGET`);
  return {
    targets,
    ranges,
    files,
    options: { ...readCommonOptions(flags, MARK), ...readThrough(flags), ...readOptions(flags, targets, prespecified) },
    json: flags.json ?? false,
    quiet: flags.quiet ?? false,
    stamps: flags.stamps ?? false,
    outstanding: flags.outstanding ?? false,
    numeric: flags.numeric ?? false,
  };
}

function pingParser(name: string, terminal: Terminal) {
  const parser = createParser(name, 'Echo requests to one host, or to a million.', terminal)
    .usage('[options] TARGET...')
    .argument('[target...]', 'names or addresses; more than one is a mass ping')
    .option('-c, --count <number>', 'probes a target (default: without end for one, 1 for several)')
    .option('-i, --interval <seconds>', 'between two probes to a target (default: 1)')
    .option('-W, --timeout <seconds>', 'how long a reply is waited for')
    .option('-w, --deadline <seconds>', 'ends the whole run')
    .option('-s, --size <bytes>', 'payload behind the ICMP header (default: 56)')
    .option('-t, --ttl <hops>', 'TTL or hop limit')
    .option('-Q, --tos <value>', 'TOS or traffic class')
    .option('-M, --mtu-discover <mode>', 'path-MTU discovery: do, want, dont or probe')
    .option('-I, --through <interface|address>', 'interface or source address, or both one after the other', repeated)
    .option('-p, --pattern <hex>', 'up to 16 bytes to fill the payload with')
    .option('-f, --flood', 'next probe as soon as the reply is in, or after 10 ms')
    .option('-A, --adaptive', 'about one probe in flight')
    .option('-q, --quiet', 'the end only')
    .option('-D, --stamps', 'the time before each line')
    .option('-O, --outstanding', 'tell of probes still unanswered when the next one leaves')
    .option('-b, --broadcast', 'pings of broadcast addresses, which are allowed anyway')
    .option('-R, --record-route', 'ask routers to record the route (IPv4)')
    .option('-T, --timestamp <mode>', 'ask for time stamps (IPv4): tsonly, tsandaddr, or tsprespec HOST... TARGET')
    .option('-g, --generate <range>', 'ping ADDRESS/BITS or FIRST-LAST', repeated)
    .option('--file <path>', 'ping the targets in a file, one a line; - is standard input', repeated)
    .option('--rate <per-second>', 'probes a second over all targets, 0 for as fast as possible (default: 10000)')
    .option('--retries <number>', 'further probes to a target of a mass ping that stays silent (default: 0)')
    .option('--no-transmit-stamps', 'save the kernel stamps of sending');
  return addCommonOptions(parser, MARK);
}

/** Of `-T tsprespec HOST... TARGET` only the last word is a target. */
function splitTargets(timestamp: string | undefined, words: readonly string[]) {
  if (timestamp !== 'tsprespec') return { targets: words, prespecified: [] };
  const prespecified = words.slice(0, -1);
  const wrong = prespecified.find(word => IpAddress.tryParse(word)?.family !== 4);
  if (wrong !== undefined) throw new UsageError(`-T tsprespec takes IPv4 addresses, not ${quoted(wrong)}`);
  if (prespecified.length < 1 || prespecified.length > 4) {
    throw new UsageError(`-T tsprespec takes 1 to 4 addresses before the target, not ${prespecified.length}`);
  }
  return { targets: words.slice(-1), prespecified };
}

/** -I is an address where it reads as one, else an interface. */
function readThrough({ through = [] }: Flags): { interface?: string; source?: string } {
  const found: { interface?: string; source?: string } = {};
  for (const word of through) {
    const source = IpAddress.tryParse(word);
    if (source === undefined) found.interface = word;
    else found.source = source.toString();
  }
  return found;
}

/** The IP header of IPv4 has 40 bytes for one of the two; that of IPv6 has none. */
function checkIpOptions({ recordRoute, timestamp, ipv6 }: Flags): void {
  if (recordRoute && timestamp !== undefined) throw new UsageError('-R and -T exclude one another');
  if (ipv6 && (recordRoute || timestamp !== undefined)) {
    throw new UsageError(`${recordRoute ? '-R' : '-T'} is of IPv4 only, and -6 was given`);
  }
}

function readOptions(flags: Flags, targets: readonly string[], prespecified: readonly string[]): PingOptions {
  checkIpOptions(flags);
  const { mtuDiscover, timestamp } = flags;
  return {
    count: optionalNumber('-c', flags.count, { minimum: 1, maximum: HUGE }),
    interval: optionalSeconds('-i', flags.interval, { minimum: 0, maximum: DAY }),
    timeout: optionalSeconds('-W', flags.timeout, { minimum: 0.001, maximum: DAY }),
    deadline: optionalSeconds('-w', flags.deadline, { minimum: 0.001, maximum: DAY }),
    size: optionalNumber('-s', flags.size, { minimum: 0, maximum: longestPayload(flags, targets), unit: 'bytes' }),
    ttl: optionalNumber('-t', flags.ttl, { minimum: 1, maximum: 255, unit: 'hops' }),
    trafficClass: optionalNumber('-Q', flags.tos, { minimum: 0, maximum: 255 }),
    mtuDiscover: mtuDiscover === undefined ? undefined : parseWord('-M', mtuDiscover, MTU_DISCOVER),
    pattern: flags.pattern === undefined ? undefined : parsePattern(flags.pattern),
    flood: flags.flood,
    adaptive: flags.adaptive,
    recordRoute: flags.recordRoute,
    timestamp: timestamp === undefined ? undefined : parseTimestamp(timestamp, prespecified),
    rate: optionalNumber('--rate', flags.rate, { minimum: 0, maximum: 10_000_000, unit: 'probes a second' }),
    retries: optionalNumber('--retries', flags.retries, { minimum: 0, maximum: 100 }),
    transmitStamps: flags.transmitStamps,
  };
}

/** RFC 791 and RFC 8200: a packet has 65,535 bytes at most; the IPv6 header is not among them. */
function longestPayload({ ipv6, generate = [], file = [] }: Flags, targets: readonly string[]): number {
  const isIpv6 = (target: string) => IpAddress.tryParse(target)?.unmap().family === 6;
  const onlyIpv6 = ipv6 || (targets.length === 1 && generate.length + file.length === 0 && targets.every(isIpv6));
  return onlyIpv6 ? 65_527 : 65_507;
}

/** Whole bytes; of an odd number of digits the last one is a byte, as in iputils' ping. */
function parsePattern(text: string): string {
  if (/^[0-9a-f]{1,32}$/i.test(text)) return text.length % 2 === 0 ? text : `${text.slice(0, -1)}0${text.slice(-1)}`;
  throw new UsageError(`-p takes 1 to 32 hexadecimal digits, not ${quoted(text)}`);
}

function parseTimestamp(text: string, prespecified: readonly string[]): PingOptions['timestamp'] {
  const mode = parseWord('-T', text, ['tsonly', 'tsandaddr', 'tsprespec']);
  if (mode === 'tsprespec') return { prespecified };
  return mode === 'tsonly' ? 'only' : 'address';
}
