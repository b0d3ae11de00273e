import { isDnsServer, isDnsZone } from '../../tools/as-settings.js';
import type { AsLookupOptions } from '../../tools/trace-options.js';
import { UsageError } from '../failure.js';
import { quoted } from '../harmless.js';

/** The flags that say where AS numbers are looked up. */
export interface AsFlags {
  as?: true;
  asZone?: string;
  asServer?: string;
}

/**
 * @param letter the option that shows AS numbers, as the command calls it
 * @throws UsageError where it is said where to ask, and nothing is asked.
 */
export function readAsOptions({ as, asZone, asServer }: AsFlags, letter: string): AsLookupOptions | undefined {
  if (!as && asZone !== undefined) throw new UsageError(`--as-zone is of ${letter}, which was not given`);
  if (!as && asServer !== undefined) throw new UsageError(`--as-server is of ${letter}, which was not given`);
  if (!as) return undefined;
  if (asZone !== undefined && !isDnsZone(asZone)) {
    throw new UsageError(`--as-zone takes the name of a zone, as origin.asn.cymru.com, not ${quoted(asZone)}`);
  }
  if (asServer !== undefined && !isDnsServer(asServer)) {
    throw new UsageError(`--as-server takes ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT, not ${quoted(asServer)}`);
  }
  return {
    ...(asZone !== undefined && { zone: { 4: asZone, 6: asZone } }),
    ...(asServer !== undefined && { servers: [asServer] }),
  };
}
