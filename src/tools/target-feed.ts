import type { PingTarget, PingTargetSource } from '../engine/ping/ping-options.js';
import { native } from '../io/native.js';
import { type Family, IpAddress } from '../wire/ip-address.js';
import { BroadcastAddresses } from './broadcast-addresses.js';
import { ResolveError, requireFamily, resolve } from './resolve.js';
import { requireTarget, requireTargets, type Target } from './target.js';

export interface TargetFeedOptions {
  targets: Iterable<Target> | AsyncIterable<Target>;
  family?: Family;
  /** Whether there is a socket for the family: a host may have no IPv6. */
  hasFamily: (family: Family) => boolean;
  /** A name that did not resolve; the run goes on. */
  onUnresolved: (error: ResolveError) => void;
  /** Called when `next` has something to give again after it said 'wait'. */
  onReady: () => void;
  /** The iterable threw. */
  onError: (error: unknown) => void;
}

/** Look-ups at a time: Node's resolver has a pool of four threads; more only wait there. */
const LOOKUPS = 16;
/** Targets of an async iterable that are held ready. */
const READY = 256;

/**
 * Targets for the engine, one at a time, from any iterable: nothing is read ahead but what name look-ups need, so that a
 * generator of a million costs no memory. Addresses need no turn of the event loop.
 */
export class TargetFeed implements PingTargetSource {
  private readonly ready: PingTarget[] = [];
  private readonly synchronous: Iterator<Target> | undefined;
  private readonly asynchronous: AsyncIterator<Target> | undefined;
  private readonly broadcasts = new BroadcastAddresses();
  private lookups = 0;
  private pulling = false;
  private exhausted = false;

  constructor(private readonly options: TargetFeedOptions) {
    const targets = requireTargets(options.targets);
    if (Symbol.asyncIterator in targets) this.asynchronous = targets[Symbol.asyncIterator]();
    else this.synchronous = targets[Symbol.iterator]();
  }

  next(): PingTarget | 'wait' | undefined {
    const waiting = this.ready.length > 0 ? this.ready.shift() : this.pullNow();
    if (waiting !== undefined) return waiting;
    if (this.asynchronous !== undefined) this.pullLater(this.asynchronous);
    return this.exhausted && this.lookups === 0 ? undefined : 'wait';
  }

  /** No more targets: tells the iterable, and forgets what is being looked up. */
  stop(): void {
    if (this.exhausted) return;
    this.exhausted = true;
    this.synchronous?.return?.();
    void this.asynchronous?.return?.();
  }

  /** Takes targets from a plain iterable until one is an address, or enough names are being looked up. */
  private pullNow(): PingTarget | undefined {
    while (this.synchronous !== undefined && !this.exhausted && this.lookups < LOOKUPS) {
      const result = this.synchronous.next();
      if (result.done) {
        this.exhausted = true;
        return undefined;
      }
      const target = this.accept(result.value);
      if (target !== undefined) return target;
    }
    return undefined;
  }

  private pullLater(iterator: AsyncIterator<Target>): void {
    if (this.pulling || this.exhausted || this.lookups >= LOOKUPS || this.ready.length >= READY) return;
    this.pulling = true;
    iterator.next().then(
      result => {
        this.pulling = false;
        if (result.done) this.exhausted = true;
        else this.takeReady(this.accept(result.value));
        this.options.onReady();
      },
      error => {
        this.exhausted = true;
        this.options.onError(error);
      },
    );
  }

  private takeReady(target: PingTarget | undefined): void {
    if (target !== undefined) this.ready.push(target);
  }

  /** @returns the target where no look-up is needed; else it comes later, or is told as unresolved. */
  private accept(target: Target): PingTarget | undefined {
    try {
      requireTarget(target);
      const address = typeof target === 'string' ? IpAddress.tryParse(target) : target;
      if (address !== undefined) {
        const label = typeof target === 'string' ? target : undefined;
        return this.admit(address, label);
      }
    } catch (error) {
      this.refuse(error);
      return undefined;
    }
    this.lookUp(String(target));
    return undefined;
  }

  private admit(asked: IpAddress, label: string | undefined): PingTarget {
    const address = asked.unmap();
    const { family, hasFamily } = this.options;
    if (address.family === (family ?? address.family) && hasFamily(address.family))
      return pingTarget(address, label, this.broadcasts);
    const name = label ?? String(asked);
    requireFamily(name, address, family);
    throw new ResolveError(name, 'EAFNOSUPPORT', `this host has no IPv${address.family}, which ${name} needs`);
  }

  private lookUp(name: string): void {
    this.lookups++;
    resolve(name, this.options.family)
      .then(address => this.takeReady(this.admit(address, name)))
      .catch(error => this.refuse(error))
      .finally(() => {
        this.lookups--;
        this.options.onReady();
      });
  }

  private refuse(error: unknown): void {
    if (error instanceof ResolveError) this.options.onUnresolved(error);
    else this.options.onError(error);
  }
}

/** A target with its interface index. @throws ResolveError for a zone that is no interface. */
export function pingTarget(address: IpAddress, label?: string, broadcasts = new BroadcastAddresses()): PingTarget {
  return { address, label, scopeId: scopeIdOf(address), anySource: broadcasts.has(address) };
}

function scopeIdOf(address: IpAddress): number {
  const { scope } = address;
  if (scope === undefined) return 0;
  if (/^\d+$/.test(scope)) return Number(scope);
  const index = native().interfaceIndex(scope);
  if (index > 0) return index;
  throw new ResolveError(String(address), 'ENODEV', `${address} names an interface that is not there: ${scope}`);
}
