import { MultipathStrategy } from '../engine/trace/multipath-strategy.js';
import { PathStrategy } from '../engine/trace/path-strategy.js';
import type { StrategyFactory } from '../engine/trace/strategy.js';
import { TraceEngine, type TraceTargetSource } from '../engine/trace/trace-engine.js';
import type { TraceEvent, TraceResult } from '../engine/trace/trace-event.js';
import { requireSignal } from '../io/argument-error.js';
import { native } from '../io/native.js';
import { receiveStampsLive } from '../sockets/receive-stamps.js';
import { type Family, IpAddress } from '../wire/ip-address.js';
import { EngineLoop } from './engine-loop.js';
import type { EventStream } from './event-stream.js';
import { randomSeed } from './random-seed.js';
import { requireFamily, resolve } from './resolve.js';
import type { Target } from './target.js';
import { TraceDecorator } from './trace-decorator.js';
import { openTraceLanes, type TraceLaneSet } from './trace-lane-set.js';
import type { TracerouteOptions } from './trace-options.js';
import { packetLength, type TraceSettings, traceSettings } from './trace-settings.js';
import { ManyTraceTargets, oneTraceTarget, traceTarget } from './trace-targets.js';

export type TraceTargets = Target | Iterable<Target> | AsyncIterable<Target>;

/** The work of one `traceroute`: opens the sockets, feeds the engine, and closes all at the end, however it ends. */
export class TraceSession {
  private engine: TraceEngine<TraceEvent> | undefined;
  private loop: EngineLoop<TraceEvent> | undefined;
  private readonly stopped = new AbortController();
  private readonly many: boolean;

  constructor(
    private readonly targets: TraceTargets,
    private readonly options: TracerouteOptions,
  ) {
    this.many = typeof targets !== 'string' && !(targets instanceof IpAddress);
  }

  /**
   * @returns the last result: of one target its only one; undefined where there were no targets.
   * @throws the reason of `stop` where nothing had been sent.
   */
  async run(stream: EventStream<TraceEvent> | undefined): Promise<TraceResult | undefined> {
    const settings = traceSettings(this.options, this.many);
    const signal = requireSignal(this.options.signal);
    const onAbort = () => this.stop();
    if (signal?.aborted) this.stop();
    this.stopped.signal.throwIfAborted();
    signal?.addEventListener('abort', onAbort, { once: true });
    const decorator = new TraceDecorator(settings, this.stopped.signal, stream && (event => stream.push(event)));
    try {
      await (this.many ? this.traceMany(settings, decorator, stream) : this.traceOne(settings, decorator, stream));
      await decorator.drained();
      if (decorator.lastResult === undefined) this.stopped.signal.throwIfAborted();
      return decorator.lastResult;
    } finally {
      decorator.close();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Ends the run with what is known. */
  stop(): void {
    this.stopped.abort(this.options.signal?.reason);
    this.engine?.stop(native().monotonicNow());
    this.wake();
  }

  /** The consumer has taken what was waiting. */
  wake(): void {
    this.loop?.wake();
  }

  private async traceOne(
    settings: TraceSettings,
    decorator: TraceDecorator,
    stream: EventStream<TraceEvent> | undefined,
  ): Promise<void> {
    const asked = this.targets as Target;
    const address =
      typeof asked === 'string'
        ? await resolve(asked, settings.family, this.stopped.signal)
        : requireFamily(String(asked), asked, settings.family);
    const target = traceTarget(String(asked), address, settings.socket);
    const length = packetLength(this.options, address.family);
    const { path } = settings;
    const longest = Math.max(length, path.mtu ? target.mtu : 0);
    const lanes = openTraceLanes([address.family], settings.socket, path.protocol, longest, () => this.wake());
    await this.runEngine(settings, oneTraceTarget(target), lanes, decorator, stream);
  }

  private async traceMany(
    settings: TraceSettings,
    decorator: TraceDecorator,
    stream: EventStream<TraceEvent> | undefined,
  ): Promise<void> {
    const families: Family[] = settings.family === undefined ? [4, 6] : [settings.family];
    const length = Math.max(...families.map(family => packetLength(this.options, family)));
    const { path } = settings;
    const longest = path.mtu ? LONGEST_PACKET : length;
    let lanes: TraceLaneSet | undefined;
    const targets = new ManyTraceTargets({
      targets: this.targets as Iterable<Target> | AsyncIterable<Target>,
      settings,
      hasFamily: family => lanes?.engine[family] !== undefined,
      onFailure: (target, error) => decorator.push({ type: 'unresolved', target, ...error }),
      onReady: () => this.wake(),
      onError: () => this.stop(),
    });
    try {
      lanes = openTraceLanes(families, settings.socket, path.protocol, longest, () => this.wake());
      await this.runEngine(settings, targets, lanes, decorator, stream);
      targets.throwFailure();
    } finally {
      targets.stop();
    }
  }

  private async runEngine(
    settings: TraceSettings,
    targets: TraceTargetSource,
    lanes: TraceLaneSet,
    decorator: TraceDecorator,
    stream: EventStream<TraceEvent> | undefined,
  ): Promise<void> {
    try {
      await receiveStampsLive();
      this.stopped.signal.throwIfAborted();
      const engine = new TraceEngine<TraceEvent>({
        targets,
        lanes: lanes.engine,
        seed: randomSeed(),
        strategy: this.strategy(settings, lanes),
        rate: settings.rate,
        burst: settings.burst,
        activeTraces: settings.concurrency,
        trafficClass: settings.trafficClass,
      });
      this.engine = engine;
      this.loop = new EngineLoop<TraceEvent>({
        engine,
        channel: lanes.channel,
        descriptors: lanes.descriptors,
        onEvent: event => decorator.push(event),
        finished: () => engine.finished,
        maySend: () => (stream?.backlog ?? 0) < LONGEST_BACKLOG,
      });
      await this.loop.run();
    } finally {
      lanes.close();
    }
  }

  private strategy(settings: TraceSettings, lanes: TraceLaneSet): StrategyFactory<TraceEvent> {
    return (target, services, counters, now) => {
      const length = packetLength(this.options, target.address.family);
      const path = { ...settings.path, packetLength: length };
      this.options.onStart?.({
        target: target.label,
        address: String(target.address),
        source: String(target.source),
        maxTtl: path.maxTtl,
        packetLength: path.mtu ? target.mtu : length,
        sockets: lanes.kind,
      });
      if (settings.confidence === undefined) return new PathStrategy(path, target, services, counters, now);
      return new MultipathStrategy(path, settings.confidence, target, services, counters, now);
    };
  }
}

const LONGEST_PACKET = 65_535;
/** Events that may wait for a slow consumer before sending pauses. */
const LONGEST_BACKLOG = 10_000;
