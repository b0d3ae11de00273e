import { PingEngine } from '../engine/ping/ping-engine.js';
import type { PingEvent, PingSummary, PingTotal } from '../engine/ping/ping-event.js';
import type { PingTarget, PingTargetSource } from '../engine/ping/ping-options.js';
import { ArgumentError, requireSignal } from '../io/argument-error.js';
import { native } from '../io/native.js';
import { SocketChannel } from '../sockets/channel/socket-channel.js';
import { receiveStampsLive } from '../sockets/receive-stamps.js';
import { type Family, IpAddress } from '../wire/ip-address.js';
import { EngineLoop } from './engine-loop.js';
import type { EventStream } from './event-stream.js';
import { type OpenPingLanes, openPingLanes } from './ping-lanes.js';
import type { PingOptions, PingProgress } from './ping-options.js';
import { NO_PROGRESS, ProgressMeter } from './ping-progress.js';
import { MAXIMUM_SIZE, type PingSettings, pingSettings } from './ping-settings.js';
import { randomSeed } from './random-seed.js';
import { requireFamily, resolve } from './resolve.js';
import { believedMtu, findRoute, type RouteCheck } from './route-check.js';
import type { Target } from './target.js';
import { pingTarget, TargetFeed } from './target-feed.js';
import { zonedText, zoneName } from './zone.js';

/** What ends a run: the summary of its one target, or the total of many. */
export type PingResult = PingSummary | PingTotal;

/** Probes while which V8 compiles most of what a flood needs: that goes better on a processor that nobody else needs. */
const WARM_UP = 20_000;
/** Events that may wait for a slow consumer before sending pauses. */
const LONGEST_BACKLOG = 10_000;

/** The work of one `ping`: opens the sockets, feeds the engine, and closes all at the end, however it ends. */
export class PingSession {
  private readonly many: boolean;
  private engine: PingEngine | undefined;
  private meter: ProgressMeter | undefined;
  private loop: EngineLoop<PingEvent> | undefined;
  /** Aborted by `stop`, with the reason of the caller's signal. */
  private readonly ending = new AbortController();
  /** Of one target: how its packets leave. */
  private route: RouteCheck | undefined;
  private source: string | undefined;
  private unresolved = 0;
  private result: PingResult | undefined;

  constructor(
    private readonly targets: Target | Iterable<Target> | AsyncIterable<Target>,
    private readonly options: PingOptions,
  ) {
    this.many = typeof targets !== 'string' && !(targets instanceof IpAddress);
  }

  /** @param stream takes the events; without one only the result is made. */
  async run(stream: EventStream<PingEvent> | undefined): Promise<PingResult> {
    const settings = this.quietUnless(stream, pingSettings(this.options, this.many, this.literalFamily()));
    const onAbort = () => this.stop();
    const signal = requireSignal(this.options.signal);
    signal?.throwIfAborted();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await (this.many ? this.pingMany(settings, stream) : this.pingOne(settings, stream));
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Ends the run with its summary. */
  stop(): void {
    this.ending.abort(this.options.signal?.reason);
    this.engine?.stop(native().monotonicNow());
    this.wake();
  }

  /** The consumer has taken what was waiting. */
  wake(): void {
    this.loop?.wake();
  }

  /** How far the run has come. */
  get progress(): PingProgress {
    return this.meter?.read() ?? NO_PROGRESS;
  }

  private literalFamily(): Family | undefined {
    if (this.targets instanceof IpAddress) return this.targets.unmap().family;
    return typeof this.targets === 'string' ? IpAddress.tryParse(this.targets)?.unmap().family : undefined;
  }

  private quietUnless(stream: EventStream<PingEvent> | undefined, settings: PingSettings): PingSettings {
    if (stream !== undefined) return settings;
    return { ...settings, engine: { ...settings.engine, report: this.many ? 'total' : 'summaries' } };
  }

  private async pingOne(settings: PingSettings, stream: EventStream<PingEvent> | undefined): Promise<PingResult> {
    const target = await this.findTarget(settings);
    const { family } = target.address;
    if (settings.size > MAXIMUM_SIZE[family]) {
      throw new ArgumentError('size', settings.size, `0 to ${MAXIMUM_SIZE[family]} bytes`);
    }
    const { interface: device, mark, source } = settings.socket;
    this.route = { ...target, interface: device, mark, source };
    this.source = zonedText(findRoute(this.route).source);
    return this.runEngine(settings, onlyTarget(target), openPingLanes([family], settings), stream);
  }

  private async findTarget(settings: PingSettings): Promise<PingTarget> {
    const asked = this.targets as Target;
    if (typeof asked !== 'string') return pingTarget(requireFamily(String(asked), asked, settings.family));
    return pingTarget(await resolve(asked, settings.family, this.ending.signal), asked);
  }

  private async pingMany(settings: PingSettings, stream: EventStream<PingEvent> | undefined): Promise<PingResult> {
    let failure: { error: unknown } | undefined;
    const families: Family[] = settings.family === undefined ? [4, 6] : [settings.family];
    let open: OpenPingLanes | undefined;
    const feed = new TargetFeed({
      targets: this.targets as Iterable<Target> | AsyncIterable<Target>,
      family: settings.family,
      hasFamily: family => open?.engine[family] !== undefined,
      onUnresolved: error => {
        this.unresolved++;
        stream?.push({ type: 'unresolved', target: error.target, error: error.code, message: error.message });
      },
      onReady: () => this.wake(),
      onError: error => {
        failure = { error };
        this.stop();
      },
    });
    try {
      open = openPingLanes(families, settings);
      const result = await this.runEngine(settings, feed, open, stream);
      if (failure !== undefined) throw failure.error;
      return result;
    } finally {
      feed.stop();
    }
  }

  private async runEngine(
    settings: PingSettings,
    targets: PingTargetSource,
    open: OpenPingLanes,
    stream: EventStream<PingEvent> | undefined,
  ): Promise<PingResult> {
    const { messageBytes } = settings.socket;
    const channel = new SocketChannel({ lanes: open.lanes, messageBytes, secondThreadAfter: WARM_UP });
    try {
      if (settings.socket.transmitStamps) await receiveStampsLive();
      this.ending.signal.throwIfAborted();
      const engine = new PingEngine({
        ...settings.engine,
        targets,
        lanes: open.engine,
        seed: randomSeed(),
        drops: () => channel.drops,
        zoneOf: zoneName,
      });
      this.engine = engine;
      const meter = new ProgressMeter(engine, channel, this.options.onProgress);
      this.meter = meter;
      this.loop = new EngineLoop<PingEvent>({
        engine,
        channel,
        descriptors: open.lanes.map(lane => lane.descriptor),
        onEvent: event => this.take(this.complete(event, channel), stream),
        finished: () => engine.done,
        maySend: () => {
          meter.tick();
          return (stream?.backlog ?? 0) < LONGEST_BACKLOG;
        },
      });
      await this.loop.run();
    } finally {
      channel.close();
    }
    if (this.result === undefined) throw new Error('the ping ended without a summary');
    return this.result;
  }

  private take(event: PingEvent, stream: EventStream<PingEvent> | undefined): void {
    if (event.type === 'total' ? this.many : event.type === 'summary' && !this.many) this.result = event as PingResult;
    if (event.type !== 'total' || this.many) stream?.push(event);
  }

  /**
   * Adds what the engine cannot know: names that have no address, where packets leave from, what the link takes, and what
   * was dropped to the end.
   */
  private complete(event: PingEvent, channel: SocketChannel): PingEvent {
    if (event.type === 'summary' && !this.many) return { ...event, drops: channel.countDrops() };
    if (event.type === 'start' && this.source !== undefined) return { ...event, source: this.source };
    if (event.type === 'error' && event.code === 'EMSGSIZE')
      return { ...event, mtu: event.mtu ?? (this.route && believedMtu(this.route)) };
    if (event.type !== 'total') return event;
    const { unresolved } = this;
    return { ...event, targets: event.targets + unresolved, unresolved, drops: channel.countDrops() };
  }
}

function onlyTarget(target: PingTarget): PingTargetSource {
  let left: PingTarget | undefined = target;
  return {
    next: () => {
      const next = left;
      left = undefined;
      return next;
    },
  };
}
