import type { LiveEvent, LiveHop, LiveResult } from '../engine/trace/live-event.js';
import type { LiveOptions } from '../engine/trace/live-options.js';
import { LiveStrategy } from '../engine/trace/live-strategy.js';
import { TraceEngine } from '../engine/trace/trace-engine.js';
import type { TraceProtocol } from '../engine/trace/trace-event.js';
import { requireInteger, requireNumber, requireSignal } from '../io/argument-error.js';
import { native } from '../io/native.js';
import type { IpAddress } from '../wire/ip-address.js';
import { NANOSECONDS_PER_MILLISECOND } from '../wire/time.js';
import { AddressFacts } from './address-facts.js';
import { EngineLoop } from './engine-loop.js';
import { EventStream } from './event-stream.js';
import { randomSeed } from './random-seed.js';
import { requireFamily, resolve } from './resolve.js';
import { requireTarget } from './target.js';
import { openTraceLanes, type TraceLaneSet } from './trace-lane-set.js';
import { packetLength, type TraceSettings, traceSettings } from './trace-settings.js';
import { oneTraceTarget, traceTarget } from './trace-targets.js';
import type { WatchPathOptions } from './watch-path-options.js';

const HOUR = 3_600_000;
const DEFAULT_TIMEOUT = 5000;
/** Round by round, a path's first packets leave in a burst of no more than a router's own queue takes. */
const RATE = 1000;
const BURST = 3;
/** How long the result waits for what is still being looked up, in milliseconds from the question on. */
const LAST_CHANCE = 500;

/**
 * Watches the path to a target: round after round of probes to all its hops, with loss and times of each.
 *
 * Nothing is sent until the result is iterated. Iterating gives all hops after every round, and the result at the end;
 * leaving the loop ends the run and closes its sockets.
 *
 * @returns iterating rejects as `traceroute` does; `stop()`, or `signal`, ends it with the result.
 */
export function watchPath(target: string | IpAddress, options: WatchPathOptions = {}): PathWatch {
  return new PathWatch(target, options);
}

/** One run of `watchPath`. */
export class PathWatch implements AsyncIterable<LiveEvent> {
  private readonly stopping = new AbortController();
  private facts: AddressFacts | undefined;
  private strategy: LiveStrategy | undefined;
  private engine: TraceEngine<LiveEvent> | undefined;
  private loop: EngineLoop<LiveEvent> | undefined;
  private begun = false;

  constructor(
    private readonly target: string | IpAddress,
    private readonly options: WatchPathOptions,
  ) {}

  /** Begins the run. A run can be iterated once. */
  [Symbol.asyncIterator](): AsyncIterator<LiveEvent> {
    if (this.begun) throw new Error('this watch has begun already');
    this.begun = true;
    const stream = new EventStream<LiveEvent>(() => this.stop());
    this.run(stream).then(
      () => stream.end(),
      error => stream.end({ error }),
    );
    return stream;
  }

  /** The hops now, probes of the round under way included; empty before the first. */
  hops(): LiveHop[] {
    return (this.strategy?.snapshot() ?? []).map(hop => this.withFacts(hop));
  }

  /** What the result would be now; undefined before the first probe. */
  result(): LiveResult | undefined {
    const result = this.strategy?.result(native().monotonicNow());
    return result && { ...result, hops: result.hops.map(hop => this.withFacts(hop)) };
  }

  get rounds(): number {
    return this.strategy?.rounds ?? 0;
  }

  get paused(): boolean {
    return this.strategy?.isPaused ?? false;
  }

  /** No new round begins until `resume`. */
  pause(): void {
    this.strategy?.pause();
    this.refresh();
  }

  resume(): void {
    this.strategy?.resume(native().monotonicNow());
    this.refresh();
  }

  /** Counts anew. */
  reset(): void {
    this.strategy?.reset();
    this.refresh();
  }

  /** Ends the run with its result; before anything was sent, with an AbortError or the reason of the caller's signal. */
  stop(): void {
    this.stopping.abort(this.options.signal?.reason);
    this.engine?.stop(native().monotonicNow());
    this.loop?.wake();
  }

  private refresh(): void {
    this.engine?.refresh();
    this.loop?.wake();
  }

  private async run(stream: EventStream<LiveEvent>): Promise<void> {
    const settings = traceSettings(this.options, false);
    requireTarget(this.target);
    const live = liveSettings(this.options);
    const signal = requireSignal(this.options.signal);
    const onAbort = () => this.stop();
    if (signal?.aborted) this.stop();
    this.stopping.signal.throwIfAborted();
    signal?.addEventListener('abort', onAbort, { once: true });
    if (settings.names || settings.as !== undefined) this.facts = new AddressFacts(settings.names, settings.as);
    try {
      await this.watch(settings, live, stream);
    } finally {
      this.facts?.close();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  private async watch(
    settings: TraceSettings,
    live: Pick<LiveOptions, 'interval' | 'rounds' | 'maxWait'>,
    stream: EventStream<LiveEvent>,
  ): Promise<void> {
    const address =
      typeof this.target === 'string'
        ? await resolve(this.target, settings.family, this.stopping.signal)
        : requireFamily(String(this.target), this.target, settings.family);
    const target = traceTarget(String(this.target), address, settings.socket);
    const length = packetLength(this.options, address.family);
    const asked = this.options.protocol === 'auto' ? undefined : this.options.protocol;
    const lanes = openTraceLanes([address.family], settings.socket, asked ?? 'auto', length, () => this.loop?.wake());
    try {
      const protocol = asked ?? usualProtocol(lanes, address);
      const port = protocol === 'icmp' ? 0 : settings.path.ports[protocol];
      const { firstTtl, maxTtl } = settings.path;
      const options: LiveOptions = { ...live, protocol, port, firstTtl, maxTtl, packetLength: length };
      this.engine = new TraceEngine<LiveEvent>({
        targets: oneTraceTarget(target),
        lanes: lanes.engine,
        seed: randomSeed(),
        strategy: (aim, services, _, now) => {
          this.strategy = new LiveStrategy(options, aim, services, now);
          return this.strategy;
        },
        rate: RATE,
        burst: BURST,
        activeTraces: 1,
        trafficClass: settings.trafficClass,
      });
      const source = String(target.source);
      const { label } = target;
      this.options.onStart?.({
        ...{ target: label, address: String(address), source, maxTtl },
        ...{ packetLength: length, sockets: lanes.kind },
      });
      await this.loopOver(this.engine, lanes, stream);
    } finally {
      lanes.close();
    }
  }

  private async loopOver(
    engine: TraceEngine<LiveEvent>,
    lanes: TraceLaneSet,
    stream: EventStream<LiveEvent>,
  ): Promise<void> {
    let last: LiveEvent | undefined;
    this.loop = new EngineLoop<LiveEvent>({
      engine,
      channel: lanes.channel,
      descriptors: lanes.descriptors,
      onEvent: event => {
        if (event.type === 'result') last = event;
        else stream.push({ ...event, hops: event.hops.map(hop => this.withFacts(hop)) });
      },
      finished: () => engine.finished,
    });
    await this.loop.run();
    if (last === undefined) this.stopping.signal.throwIfAborted();
    if (last === undefined) return;
    await this.awaitFacts(last.hops);
    stream.push({ ...last, hops: last.hops.map(hop => this.withFacts(hop)) });
  }

  /** The result waits a moment for names that are still being looked up, unless the run was stopped. */
  private async awaitFacts(hops: readonly LiveHop[]): Promise<void> {
    const { facts } = this;
    if (facts === undefined || this.stopping.signal.aborted) return;
    const addresses = hops.flatMap(hop => hop.addresses.map(({ address }) => address));
    await facts.settle(addresses, LAST_CHANCE, this.stopping.signal);
  }

  /** What is known of its addresses by now; the first question starts the look-ups. */
  private withFacts(hop: LiveHop): LiveHop {
    const { facts } = this;
    if (facts === undefined) return hop;
    const addresses = hop.addresses.map(entry => {
      facts.ask(entry.address);
      return { ...entry, ...facts.known(entry.address) };
    });
    return { ...hop, addresses };
  }
}

function liveSettings(options: WatchPathOptions): Pick<LiveOptions, 'interval' | 'rounds' | 'maxWait'> {
  const { interval = 1000, rounds, timeout = DEFAULT_TIMEOUT } = options;
  return {
    interval: requireNumber('interval', interval, 10, HOUR, 'ms') * NANOSECONDS_PER_MILLISECOND,
    rounds: rounds === undefined ? Number.POSITIVE_INFINITY : requireInteger('rounds', rounds, 1, 2 ** 32 - 1),
    maxWait: requireNumber('timeout', timeout, 1, 24 * HOUR, 'ms') * NANOSECONDS_PER_MILLISECOND,
  };
}

/** Hosts answer echo requests without the limit that they set to their errors. */
function usualProtocol({ engine }: TraceLaneSet, { family }: IpAddress): TraceProtocol {
  return engine[family]?.transmit.icmp === undefined ? 'udp' : 'icmp';
}
