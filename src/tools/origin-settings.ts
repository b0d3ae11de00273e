import { ArgumentError, requireChoice } from '../io/argument-error.js';
import { LINUX } from '../wire/constants.generated.js';
import { type Family, IpAddress } from '../wire/ip-address.js';

/** The options that say how packets leave this host. */
export interface OriginOptions {
  interface?: string;
  source?: string;
  family?: Family;
}

/** The same, checked. */
export interface Origin {
  interface: string | undefined;
  source: IpAddress | undefined;
  /** The one family there can be, if options settle it. */
  family: Family | undefined;
}

/**
 * Checks by name how packets are to leave this host.
 * @throws ArgumentError
 */
export function originSettings({ interface: device, source: text, family }: OriginOptions): Origin {
  if (device !== undefined && !isInterfaceName(device)) {
    throw new ArgumentError('interface', device, `the name of an interface, of 1 to ${LINUX.IFNAMSIZ - 1} bytes`);
  }
  requireChoice('family', family, [4, 6]);
  const source = text === undefined ? undefined : sourceAddress(text);
  if (source !== undefined && family !== undefined && source.family !== family) {
    throw new ArgumentError('source', text, `an IPv${family} address`);
  }
  return { interface: device, source, family: family ?? source?.family };
}

function isInterfaceName(value: unknown): boolean {
  return (
    typeof value === 'string' && value !== '' && Buffer.byteLength(value) < LINUX.IFNAMSIZ && !value.includes('\0')
  );
}

function sourceAddress(value: unknown): IpAddress {
  const address = typeof value === 'string' ? IpAddress.tryParse(value) : undefined;
  if (address === undefined) throw new ArgumentError('source', value, 'an IP address of this host');
  return address;
}
