import { networkInterfaces } from 'node:os';
import { MOST_MTU } from '../engine/mtu/mtu-options.js';
import type { TraceTarget } from '../engine/trace/strategy.js';
import { ArgumentError } from '../io/argument-error.js';
import { check } from '../io/errors.js';
import { native } from '../io/native.js';
import type { IpAddress } from '../wire/ip-address.js';
import { interfaceMtu } from './interface-mtu.js';
import type { PathMtuSettings } from './mtu-settings.js';
import { findRouteToHost } from './route-to-host.js';

/** A target with what this host says about the way to it. */
export interface PathMtuTarget extends TraceTarget {
  /** Of the interface that has the source address. */
  interfaceMtu: number;
  /** What the kernel believes of the path. */
  kernelMtu: number;
}

/**
 * Finds the way to a target.
 * @throws SystemCallError where there is none.
 * @throws ArgumentError where it is this host itself, or many hosts.
 */
export function pathMtuTarget(label: string, address: IpAddress, socket: PathMtuSettings['socket']): PathMtuTarget {
  const scopeId = address.scope === undefined ? 0 : scopeOf(address.scope);
  const route = findRouteToHost(label, { ...socket, address, scopeId });
  if (isOwn(address, route.source)) {
    throw new ArgumentError(
      'target',
      label,
      'a host other than this one (it is an address of this host, and no path leads there)',
    );
  }
  const own = Math.min(interfaceMtu(route.source) ?? route.mtu, MOST_MTU);
  return { label, address, source: route.source, scopeId, mtu: own, interfaceMtu: own, kernelMtu: route.mtu };
}

/** Packets to an address of this host go through the loopback, and carry it as their source; those to none do so too. */
function isOwn(address: IpAddress, source: IpAddress): boolean {
  if (address.value === source.value || address.isLoopback || address.isUnspecified) return true;
  const text = String(address).replace(/%.*$/, '');
  return Object.values(networkInterfaces()).some(addresses => addresses?.some(own => own.address === text));
}

function scopeOf(zone: string): number {
  if (/^\d+$/.test(zone)) return Number(zone);
  return check(native().interfaceIndex(zone), 'if_nametoindex', { object: zone });
}
