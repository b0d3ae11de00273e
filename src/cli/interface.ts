import { native } from '../io/native.js';
import { UsageError } from './failure.js';
import { quoted } from './harmless.js';

/**
 * Refuses an interface that is not there.
 * @param flag what it was given with: `-I`.
 * @throws UsageError
 */
export function requireInterface(flag: string, name: string | undefined): void {
  if (name === undefined || native().interfaceIndex(name) > 0) return;
  throw new UsageError(`${flag}: there is no interface ${quoted(name)}; those there are: ip link`);
}
