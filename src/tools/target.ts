import { ArgumentError } from '../io/argument-error.js';
import { IpAddress } from '../wire/ip-address.js';

/** A host: its name, an address as text, or an address. */
export type Target = string | IpAddress;

/** A target, or a refusal by name. */
export function requireTarget(value: unknown): Target {
  if (typeof value === 'string' || value instanceof IpAddress) return value;
  throw new ArgumentError('target', value, 'a host name or an address');
}

/** What targets are taken from, or a refusal by name. */
export function requireTargets<Targets extends Iterable<Target> | AsyncIterable<Target>>(value: Targets): Targets {
  const isObject = typeof value === 'object' && value !== null;
  if (isObject && (Symbol.iterator in value || Symbol.asyncIterator in value)) return value;
  throw new ArgumentError('targets', value, 'a host name, an address, or an iterable of these');
}
