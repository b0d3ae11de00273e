import type { TracerouteOptions } from '../../tools/trace-options.js';
import { IpAddress } from '../../wire/ip-address.js';
import { optionalNumber, optionalSeconds, parseNumber, parseWord } from '../arguments.js';
import { createParser, parseArguments } from '../command-line.js';
import { addCommonOptions, type CommonFlags, readCommonOptions } from '../common-options.js';
import { UsageError } from '../failure.js';
import { quoted } from '../harmless.js';
import { requireInterface } from '../interface.js';
import type { Terminal } from '../terminal.js';
import { type AsFlags, readAsOptions } from './as-arguments.js';

export type GraphForm = 'text' | 'dot' | 'mermaid';

/** What a call of `subsocket trace` asks for. */
export interface TraceCall {
  target: string;
  /** For the library. */
  options: TracerouteOptions;
  /** For the output. */
  json: boolean;
  quiet: boolean;
  numeric: boolean;
  extensions: boolean;
  asNumbers: boolean;
  graph: GraphForm;
}

interface Flags extends CommonFlags, AsFlags {
  maxTtl?: string;
  firstTtl?: string;
  probes?: string;
  wait?: string;
  inFlight?: string;
  icmp?: true;
  udp?: true;
  tcp?: true;
  protocol?: string;
  port?: string;
  sport?: string;
  via?: string;
  from?: string;
  tos?: string;
  paris?: true;
  classic?: true;
  mda?: true;
  confidence?: string;
  graph?: string;
  mtu?: true;
  extensions?: true;
  rate?: string;
  quiet?: true;
  unprivileged?: true;
}

const DAY = 86_400;
const PROTOCOLS = ['auto', 'udp', 'icmp', 'tcp'] as const;
const GRAPHS = ['text', 'dot', 'mermaid'] as const;

/**
 * Reads the arguments of `subsocket trace`; options may stand before or after the target.
 * @throws UsageError by name, with what is taken instead.
 * @throws HelpShown
 */
export function readTraceCall(name: string, args: readonly string[], terminal: Terminal): TraceCall {
  const parser = parseArguments(traceParser(name, terminal), args);
  const flags = parser.opts<Flags>();
  const [target, length, ...more] = parser.args;
  if (target === undefined) throw new UsageError(`name a target: ${name} TARGET`);
  if (more.length > 0)
    throw new UsageError(`one target, and the packet length behind it; not ${quoted(more[0] ?? '')}`);
  return {
    target,
    options: readOptions(flags, length),
    json: flags.json ?? false,
    quiet: flags.quiet ?? false,
    numeric: flags.numeric ?? false,
    extensions: flags.extensions ?? false,
    asNumbers: flags.as ?? false,
    graph: graphOf(flags),
  };
}

function traceParser(name: string, terminal: Terminal) {
  const parser = createParser(name, 'The routers on the way to a host.', terminal)
    .usage('[options] TARGET [PACKET_LENGTH]')
    .argument('[target...]', 'a name or an address, and the length of packets (default: 60, IPv6: 80)')
    .option('-m, --max-ttl <hops>', 'hop limit of the last probes (default: 30)')
    .option('-f, --first-ttl <hops>', 'hop limit of the first probes (default: 1)')
    .option('-q, --probes <number>', 'probes a hop (default: 3)')
    .option(
      '-w, --wait <seconds>',
      'the longest wait for an answer; less where the path shows that less is enough (default: 3)',
    )
    .option('-N, --in-flight <number>', 'probes on their way at a time (default: all)')
    .option('-I, --icmp', 'probe with ICMP echo requests')
    .option('-U, --udp', 'probe with UDP')
    .option('-T, --tcp', 'probe with TCP SYN')
    .option('--protocol <name>', 'auto, udp, icmp or tcp (default: auto: UDP, and the others if the target is silent)')
    .option('-p, --port <port>', 'destination port (default: 33434, TCP: 80)')
    .option('--sport <port>', 'source port')
    .option('-i, --via <interface>', 'send through this interface, as --interface')
    .option('-s, --from <address>', 'send from this address, as --source')
    .option('-t, --tos <value>', 'TOS or traffic class')
    .option('--paris', 'all probes in one flow (the default)')
    .option('--classic', 'ports that rise from probe to probe')
    .option('--mda', 'find all paths of load balancers')
    .option('--confidence <share>', 'of --mda, in per cent or as a share of 1 (default: 95)')
    .option('--graph <form>', 'how --mda draws: text, dot or mermaid (default: text)')
    .option('--mtu', 'find where the MTU falls')
    .option('-e, --extensions', 'show ICMP extensions: MPLS labels, interfaces')
    .option('-A, --as', 'show AS numbers, looked up by DNS')
    .option('--as-zone <zone>', 'zone to look AS numbers up in (default: origin.asn.cymru.com, origin6.asn.cymru.com)')
    .option('--as-server <address>', 'DNS server to ask for AS numbers, ADDRESS or ADDRESS:PORT')
    .option('--rate <per-second>', 'probes a second (default: 2000)')
    .option('--unprivileged', 'without raw sockets, even where they are allowed')
    .option('--live', 'keep going and redraw: the options are those of mtr')
    .option('--quiet', 'the end only');
  return addCommonOptions(parser);
}

function readOptions(flags: Flags, length: string | undefined): TracerouteOptions {
  const common = readCommonOptions({ ...flags, interface: flags.via ?? flags.interface, source: flags.source });
  const source = flags.from === undefined ? common.source : parseFrom(flags.from);
  requireInterface(flags.via === undefined ? '--interface' : '-i', common.interface);
  const least = flags.ipv6 ? 52 : 32;
  return {
    ...common,
    source,
    protocol: protocolOf(flags),
    maxTtl: optionalNumber('-m', flags.maxTtl, { minimum: 1, maximum: 255, unit: 'hops' }),
    firstTtl: optionalNumber('-f', flags.firstTtl, { minimum: 1, maximum: 255, unit: 'hops' }),
    probes: optionalNumber('-q', flags.probes, { minimum: 1, maximum: 10, unit: 'probes' }),
    // traceroute's -w takes up to three times, MAX,HERE,NEAR: the last two are found out here.
    timeout: optionalSeconds('-w', flags.wait?.replace(/,.*$/, ''), { minimum: 0.001, maximum: DAY }),
    inFlight: optionalNumber('-N', flags.inFlight, { minimum: 1, maximum: 255, unit: 'probes' }),
    port: optionalNumber('-p', flags.port, { minimum: 1, maximum: 65_535 }),
    sourcePort: optionalNumber('--sport', flags.sport, { minimum: 1, maximum: 65_535 }),
    trafficClass: optionalNumber('-t', flags.tos, { minimum: 0, maximum: 255 }),
    packetLength:
      length === undefined
        ? undefined
        : parseNumber('PACKET_LENGTH', length, { minimum: least, maximum: 65_535, unit: 'bytes' }),
    rate: optionalNumber('--rate', flags.rate, { minimum: 1, maximum: 1_000_000, unit: 'probes a second' }),
    names: !flags.numeric,
    classic: flags.classic,
    mtu: flags.mtu,
    multipath: multipathOf(flags),
    as: readAsOptions(flags, '-A'),
    sockets: flags.unprivileged ? 'unprivileged' : undefined,
  };
}

function parseFrom(text: string): string {
  const address = IpAddress.tryParse(text);
  if (address === undefined) throw new UsageError(`-s takes an address of this host, not ${quoted(text)}`);
  return String(address);
}

function protocolOf({ icmp, udp, tcp, protocol }: Flags): TracerouteOptions['protocol'] {
  const asked = [
    ...(icmp ? (['icmp'] as const) : []),
    ...(udp ? (['udp'] as const) : []),
    ...(tcp ? (['tcp'] as const) : []),
    ...(protocol === undefined ? [] : [parseWord('--protocol', protocol, PROTOCOLS)]),
  ];
  if (new Set(asked).size > 1) throw new UsageError(`${asked.join(' and ')} exclude one another: name one protocol`);
  return asked[0];
}

function graphOf({ mda, graph }: Flags): GraphForm {
  if (graph === undefined) return 'text';
  if (!mda) throw new UsageError('--graph is of --mda, which was not given');
  return parseWord('--graph', graph, GRAPHS);
}

function multipathOf({ mda, confidence, paris, classic }: Flags): TracerouteOptions['multipath'] {
  if (paris && classic) throw new UsageError('--paris and --classic exclude one another');
  if (mda && classic) throw new UsageError('--mda and --classic exclude one another');
  if (!mda && confidence !== undefined) throw new UsageError('--confidence is of --mda, which was not given');
  if (confidence === undefined) return mda;
  const share = parseNumber('--confidence', confidence.replace(/%$/, ''), {
    minimum: 0,
    maximum: 99.999,
    fractions: true,
  });
  if (share === 0) throw new UsageError('--confidence takes more than 0');
  return { confidence: share < 1 ? share : share / 100 };
}
