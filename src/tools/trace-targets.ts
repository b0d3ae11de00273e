import type { TraceTarget } from '../engine/trace/strategy.js';
import type { TraceTargetSource } from '../engine/trace/trace-engine.js';
import { ArgumentError } from '../io/argument-error.js';
import { check, SystemCallError } from '../io/errors.js';
import { native } from '../io/native.js';
import type { Family, IpAddress } from '../wire/ip-address.js';
import { interfaceMtu } from './interface-mtu.js';
import { findRouteToHost } from './route-to-host.js';
import type { Target } from './target.js';
import { TargetFeed } from './target-feed.js';
import type { TraceSettings } from './trace-settings.js';

/**
 * A target with the way that packets to it leave this host.
 * @throws SystemCallError where there is none.
 * @throws ArgumentError where the address is not that of one host.
 */
export function traceTarget(label: string, asked: IpAddress, socket: TraceSettings['socket']): TraceTarget {
  const address = asked.asDestination;
  const scopeId = address.scope === undefined ? 0 : scopeOf(address.scope);
  const route = findRouteToHost(label, { ...socket, address, scopeId });
  // What the kernel has learned of the path before is what this trace is to find out.
  const mtu = (socket.wholePackets ? interfaceMtu(route.source) : undefined) ?? route.mtu;
  return { label, address, source: route.source, scopeId, mtu: Math.min(mtu, LONGEST_PACKET) };
}

const LONGEST_PACKET = 65_535;

function scopeOf(zone: string): number {
  if (/^\d+$/.test(zone)) return Number(zone);
  return check(native().interfaceIndex(zone), 'if_nametoindex', { object: zone });
}

/** A source of a single target. */
export function oneTraceTarget(target: TraceTarget): TraceTargetSource {
  const left = [target];
  return { next: () => left.shift() };
}

export interface ManyTraceTargetsOptions {
  targets: Iterable<Target> | AsyncIterable<Target>;
  settings: TraceSettings;
  hasFamily: (family: Family) => boolean;
  /** A name without an address, or an address without a route or of many hosts; the run goes on. */
  onFailure: (target: string, failure: { error: string; message: string }) => void;
  /** Called when there is something to take again after 'wait'. */
  onReady: () => void;
  /** The iterable threw: `throwFailure` has it. */
  onError: () => void;
}

/** Any number of targets, one at a time, names and routes looked up as their turn comes. */
export class ManyTraceTargets implements TraceTargetSource {
  private readonly feed: TargetFeed;
  private failure: { error: unknown } | undefined;

  constructor(private readonly options: ManyTraceTargetsOptions) {
    const { targets, settings, hasFamily, onReady, onFailure, onError } = options;
    this.feed = new TargetFeed({
      targets,
      family: settings.family,
      hasFamily,
      onReady,
      onUnresolved: error => onFailure(error.target, { error: error.code, message: error.message }),
      onError: error => {
        this.failure = { error };
        onError();
      },
    });
  }

  next(): TraceTarget | 'wait' | undefined {
    for (;;) {
      const found = this.feed.next();
      if (found === undefined || found === 'wait') return found;
      const label = found.label ?? String(found.address);
      try {
        return traceTarget(label, found.address, this.options.settings.socket);
      } catch (error) {
        if (!(error instanceof SystemCallError || error instanceof ArgumentError)) throw error;
        this.options.onFailure(label, { error: error.code, message: error.message });
      }
    }
  }

  stop(): void {
    this.feed.stop();
  }

  /** Throws what the iterable of targets threw. */
  throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }
}
