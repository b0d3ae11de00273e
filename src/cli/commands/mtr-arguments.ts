import type { WatchPathOptions } from '../../tools/watch-path-options.js';
import { IpAddress } from '../../wire/ip-address.js';
import { optionalNumber, optionalSeconds, parseWord } from '../arguments.js';
import { createParser, parseArguments } from '../command-line.js';
import { addCommonOptions, type CommonFlags, readCommonOptions } from '../common-options.js';
import { UsageError } from '../failure.js';
import { quoted } from '../harmless.js';
import { requireInterface } from '../interface.js';
import type { Terminal } from '../terminal.js';
import { type AsFlags, readAsOptions } from './as-arguments.js';

/** What a call of `subsocket mtr` asks for. */
export interface MtrCall {
  target: string;
  options: WatchPathOptions;
  json: boolean;
  quiet: boolean;
  report: boolean;
  wide: boolean;
  numeric: boolean;
  asNumbers: boolean;
}

interface Flags extends CommonFlags, AsFlags {
  report?: true;
  reportWide?: true;
  cycles?: string;
  interval?: string;
  maxTtl?: string;
  firstTtl?: string;
  udp?: true;
  tcp?: true;
  icmp?: true;
  protocol?: string;
  port?: string;
  sport?: string;
  size?: string;
  tos?: string;
  from?: string;
  via?: string;
  wait?: string;
  quiet?: true;
  unprivileged?: true;
}

const PROTOCOLS = ['auto', 'udp', 'icmp', 'tcp'] as const;
/** Rounds of a report that nobody has set a number for, as mtr has it. */
const REPORT_ROUNDS = 10;

/**
 * Reads the arguments of `subsocket mtr`: the letters are mtr's.
 * @throws UsageError by name, with what is taken instead.
 * @throws HelpShown
 */
export function readMtrCall(name: string, args: readonly string[], terminal: Terminal): MtrCall {
  const parser = parseArguments(mtrParser(name, terminal), args);
  const flags = parser.opts<Flags>();
  const [target, more] = parser.args;
  if (target === undefined) throw new UsageError(`name a target: ${name} TARGET`);
  if (more !== undefined) throw new UsageError(`one target; not ${quoted(more)}`);
  const report = Boolean(flags.report || flags.reportWide || (!flags.json && !terminal.out.isTerminal));
  return {
    target,
    options: readOptions(flags, report),
    json: flags.json ?? false,
    quiet: flags.quiet ?? false,
    report,
    wide: flags.reportWide ?? false,
    numeric: flags.numeric ?? false,
    asNumbers: flags.as ?? false,
  };
}

function mtrParser(name: string, terminal: Terminal) {
  const parser = createParser(name, 'The path to a host, watched: loss and times of every hop.', terminal)
    .usage('[options] TARGET')
    .argument('[target...]', 'a name or an address')
    .option('-r, --report', 'print a report at the end instead of a live view')
    .option('-w, --report-wide', 'a report with whole names')
    .option('-c, --cycles <number>', 'rounds of one probe a hop (default: without end; a report: 10)')
    .option('-i, --interval <seconds>', 'between two rounds (default: 1)')
    .option('-m, --max-ttl <hops>', 'hop limit of the last probes (default: 30)')
    .option('-f, --first-ttl <hops>', 'hop limit of the first probes (default: 1)')
    .option('-u, --udp', 'probe with UDP')
    .option('-T, --tcp', 'probe with TCP SYN')
    .option('--icmp', 'probe with ICMP echo requests (the default where allowed)')
    .option('--protocol <name>', 'auto, udp, icmp or tcp')
    .option('-P, --port <port>', 'destination port (default: 33434, TCP: 80)')
    .option('-L, --sport <port>', 'source port')
    .option('-s, --size <bytes>', 'length of packets (default: 60, IPv6: 80)')
    .option('-Q, --tos <value>', 'TOS or traffic class')
    .option('-a, --from <address>', 'send from this address, as --source')
    .option('-I, --via <interface>', 'send through this interface, as --interface')
    .option('-Z, --wait <seconds>', 'the longest wait for an answer (default: 5)')
    .option('-z, --as', 'show AS numbers, looked up by DNS')
    .option('--as-zone <zone>', 'zone to look AS numbers up in (default: origin.asn.cymru.com, origin6.asn.cymru.com)')
    .option('--as-server <address>', 'DNS server to ask for AS numbers, ADDRESS or ADDRESS:PORT')
    .option('--unprivileged', 'without raw sockets, even where they are allowed')
    .option('--quiet', 'the end only');
  return addCommonOptions(parser);
}

function readOptions(flags: Flags, report: boolean): WatchPathOptions {
  const common = readCommonOptions({ ...flags, interface: flags.via ?? flags.interface });
  requireInterface(flags.via === undefined ? '--interface' : '-I', common.interface);
  const rounds = optionalNumber('-c', flags.cycles, { minimum: 1, maximum: 0xffffffff, unit: 'rounds' });
  return {
    ...common,
    source: flags.from === undefined ? common.source : parseFrom(flags.from),
    protocol: protocolOf(flags),
    rounds: rounds ?? (report ? REPORT_ROUNDS : undefined),
    interval: optionalSeconds('-i', flags.interval, { minimum: 0.01, maximum: 3600 }),
    maxTtl: optionalNumber('-m', flags.maxTtl, { minimum: 1, maximum: 255, unit: 'hops' }),
    firstTtl: optionalNumber('-f', flags.firstTtl, { minimum: 1, maximum: 255, unit: 'hops' }),
    port: optionalNumber('-P', flags.port, { minimum: 1, maximum: 65_535 }),
    sourcePort: optionalNumber('-L', flags.sport, { minimum: 1, maximum: 65_535 }),
    packetLength: optionalNumber('-s', flags.size, { minimum: flags.ipv6 ? 52 : 32, maximum: 65_535, unit: 'bytes' }),
    trafficClass: optionalNumber('-Q', flags.tos, { minimum: 0, maximum: 255 }),
    timeout: optionalSeconds('-Z', flags.wait, { minimum: 0.001, maximum: 86_400 }),
    names: !flags.numeric,
    as: readAsOptions(flags, '-z'),
    sockets: flags.unprivileged ? 'unprivileged' : undefined,
  };
}

function parseFrom(text: string): string {
  const address = IpAddress.tryParse(text);
  if (address === undefined) throw new UsageError(`-a takes an address of this host, not ${quoted(text)}`);
  return String(address);
}

function protocolOf({ udp, tcp, icmp, protocol }: Flags): WatchPathOptions['protocol'] {
  const word = protocol === undefined ? undefined : parseWord('--protocol', protocol, PROTOCOLS);
  const asked = [udp && 'udp', tcp && 'tcp', icmp && 'icmp', word !== 'auto' && word].filter(name => Boolean(name));
  if (new Set(asked).size > 1) throw new UsageError(`${asked.join(' and ')} exclude one another: name one protocol`);
  return asked[0] as WatchPathOptions['protocol'];
}
