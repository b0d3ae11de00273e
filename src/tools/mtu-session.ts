import { mismatchedReport } from '../engine/mtu/mismatched-report.js';
import type { MtuEvent, MtuResult } from '../engine/mtu/mtu-event.js';
import type { MtuCarrier } from '../engine/mtu/mtu-options.js';
import { MtuStrategy } from '../engine/mtu/mtu-strategy.js';
import { smallestPacket } from '../engine/trace/probe-writer.js';
import { TraceEngine } from '../engine/trace/trace-engine.js';
import type { TraceProtocol } from '../engine/trace/trace-event.js';
import { ArgumentError, requireSignal } from '../io/argument-error.js';
import { native } from '../io/native.js';
import { EngineLoop } from './engine-loop.js';
import type { EventStream } from './event-stream.js';
import { ConnectionSearch } from './mtu-connections.js';
import { openMtuLanes } from './mtu-lanes.js';
import type { PathMtuOptions } from './mtu-options.js';
import { type PathMtuSettings, pathMtuSettings, sizeRange } from './mtu-settings.js';
import { type PathMtuTarget, pathMtuTarget } from './mtu-target.js';
import { randomSeed } from './random-seed.js';
import { requireFamily, resolve } from './resolve.js';
import { requireTarget, type Target } from './target.js';
import type { TraceLaneSet } from './trace-lane-set.js';
import { oneTraceTarget } from './trace-targets.js';

/** Packets a second, and of them at once: a round leaves together, and a search is no flood. */
const RATE = 2000;
const BURST = 10;

/** The result, with what this host believed beforehand. */
export interface PathMtuResult extends MtuResult {
  /** MTU of the interface that packets leave by. */
  interfaceMtu: number;
  /** What the kernel believed of the path before: from the interface, the route or its cache of reports. */
  kernelMtu: number;
  /** What it was asked with. */
  sockets: 'raw' | 'unprivileged';
}

export type PathMtuEvent = Exclude<MtuEvent, MtuResult> | PathMtuResult;

/** The work of one `discoverPathMtu`: opens the sockets, runs the engine, and closes all at the end, however it ends. */
export class MtuSession {
  private engine: TraceEngine<MtuEvent> | undefined;
  private strategy: MtuStrategy | undefined;
  private loop: EngineLoop<MtuEvent> | undefined;
  private result: PathMtuResult | undefined;
  private connections: ConnectionSearch | undefined;
  private readonly stopped = new AbortController();

  constructor(
    private readonly asked: Target,
    private readonly options: PathMtuOptions,
  ) {}

  async run(stream: EventStream<PathMtuEvent> | undefined): Promise<PathMtuResult> {
    const settings = pathMtuSettings(this.options);
    requireTarget(this.asked);
    const signal = requireSignal(this.options.signal);
    const onAbort = () => this.stop();
    if (signal?.aborted) this.stop();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await this.search(settings, stream);
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
    if (this.result === undefined) this.stopped.signal.throwIfAborted();
    if (this.result === undefined) throw new Error('the search ended without a result');
    return this.result;
  }

  /** Ends the run with what is known. */
  stop(): void {
    this.stopped.abort(this.options.signal?.reason);
    this.engine?.stop(native().monotonicNow());
    this.connections?.stop();
    this.wake();
  }

  wake(): void {
    this.loop?.wake();
  }

  private async search(settings: PathMtuSettings, stream: EventStream<PathMtuEvent> | undefined): Promise<void> {
    const target = await this.findTarget(settings);
    const sizes = sizeRange(this.options, target.address.family, target.interfaceMtu);
    const lanes = openMtuLanes(target, settings, sizes.most, () => this.wake());
    try {
      const { label, address, source, interfaceMtu, kernelMtu } = target;
      const [to, from] = [String(address), String(source)];
      const local = { interfaceMtu, kernelMtu, sockets: lanes.kind };
      this.options.onStart?.({
        target: label,
        address: to,
        source: from,
        ...local,
        max: sizes.most,
      });
      if (settings.protocol === 'tcp' && lanes.kind !== 'raw') {
        this.connections = new ConnectionSearch(target, settings, sizes, event => stream?.push(event));
        this.take({ ...(await this.connections.run()), ...local }, stream);
        return;
      }
      this.engine = this.createEngine(settings, target, sizes, lanes);
      this.loop = new EngineLoop<MtuEvent>({
        engine: this.engine,
        channel: lanes.channel,
        descriptors: lanes.descriptors,
        onEvent: event => this.take(event.type === 'result' ? { ...event, ...local } : event, stream),
        finished: () => this.engine?.finished ?? true,
      });
      await this.loop.run();
    } finally {
      lanes.close();
    }
  }

  private async findTarget({ family, socket }: PathMtuSettings): Promise<PathMtuTarget> {
    const { asked } = this;
    const address =
      typeof asked === 'string'
        ? await resolve(asked, family, this.stopped.signal)
        : requireFamily(String(asked), asked, family);
    this.stopped.signal.throwIfAborted();
    return pathMtuTarget(String(asked), address, socket);
  }

  private createEngine(
    { wait, budget, ports, protocol }: PathMtuSettings,
    target: PathMtuTarget,
    { least, most }: { least: number; most: number },
    lanes: TraceLaneSet,
  ): TraceEngine<MtuEvent> {
    const { family } = target.address;
    const carriers = carriersOf(protocol, ports, lanes, target);
    const mostIsLocal = most === target.interfaceMtu;
    const search = { family, carriers, least, most, mostIsLocal, wait, locates: true, budget };
    return new TraceEngine<MtuEvent>({
      targets: oneTraceTarget(target),
      lanes: lanes.engine,
      seed: randomSeed(),
      strategy: (to, services, _counters, now) => {
        this.strategy = new MtuStrategy(search, to, services, now);
        return this.strategy;
      },
      rate: RATE,
      burst: BURST,
      activeTraces: 1,
      trafficClass: -1,
      onForeign: arrival => {
        const report = mismatchedReport(arrival, target.address);
        if (report !== undefined) this.strategy?.state.addMismatch(report.from, report.mtu);
      },
    });
  }

  private take(event: PathMtuEvent, stream: EventStream<PathMtuEvent> | undefined): void {
    if (event.type === 'result') this.result = event;
    stream?.push(event);
  }
}

/**
 * What probes are made of. Echo replies are not rationed as errors are; but what reports tell of ICMPv6 Linux always learns,
 * so over raw sockets IPv6 begins with UDP.
 * @throws ArgumentError where there is no socket for what was asked.
 */
function carriersOf(
  protocol: PathMtuSettings['protocol'],
  ports: PathMtuSettings['ports'],
  { engine, kind }: TraceLaneSet,
  { address: { family } }: PathMtuTarget,
): MtuCarrier[] {
  const auto: TraceProtocol[] = family === 6 && kind === 'raw' ? ['udp', 'icmp', 'tcp'] : ['icmp', 'udp', 'tcp'];
  const wanted = protocol === 'auto' ? auto : [protocol];
  // A SYN cannot be made larger without a raw socket, and to send data to a service has to be asked for.
  const usable = wanted.filter(
    name => engine[family]?.transmit[name] !== undefined && !(name === 'tcp' && kind !== 'raw'),
  );
  if (usable.length === 0)
    throw new ArgumentError('protocol', protocol, 'udp or icmp without raw sockets (CAP_NET_RAW)');
  return usable.flatMap((name): MtuCarrier[] => {
    const carrier = {
      protocol: name,
      smallest: smallestPacket(family, name),
      echoes: name === 'icmp',
      // What a reset acknowledges is the sum of a SYN's number and length.
      rising: name === 'tcp',
      lastResort: name === 'tcp' && usable.length > 1,
    };
    if (name === 'icmp') return [{ name, ...carrier }];
    return ports[name].map(port => ({ name: `${name} ${port}`, port, ...carrier }));
  });
}
