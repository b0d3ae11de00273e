import { type SystemCallError, systemCallError } from '../../io/errors.js';
import { LINUX } from '../../wire/constants.generated.js';
import { requireAddress } from './endpoint.js';
import type { OutgoingDatagram } from './outgoing-datagram.js';

/** A datagram of a batch that could not be sent. */
export interface SendFailure {
  /** Its place in what was given to `sendBatch`. */
  index: number;
  /** A SystemCallError where the kernel refused it; an ArgumentError or FieldValueError where it was refused before. */
  error: Error;
}

const ADVICE = new Map<number, string>([
  [
    LINUX.EMSGSIZE,
    'the datagram is longer than the path takes and may not be fragmented; with errors: true, the MTU is in the icmp-error event',
  ],
  [LINUX.EACCES, 'a broadcast address needs the option broadcast: true'],
]);

/** The error of a datagram that the kernel refused. */
export function sendError(errno: number, descriptor: number, message: OutgoingDatagram): SystemCallError {
  const { destination, payload, extensionHeaders } = message;
  const to = destination === undefined ? '' : ` to ${destination.address} port ${destination.port}`;
  const object = `${payload.length} bytes${to}`;
  const named = destination && { address: String(destination.address), port: destination.port };
  const advice = ADVICE.get(Math.abs(errno)) ?? adviceOn(errno, message);
  const permission = extensionHeaders === undefined ? undefined : 'CAP_NET_RAW';
  return systemCallError(errno, 'sendmmsg', { object, descriptor, ...named, ...(advice && { advice }) }, permission);
}

const REFUSALS: readonly number[] = [LINUX.EINVAL, LINUX.ENETUNREACH, LINUX.EADDRNOTAVAIL];

/** What the kernel may have disliked of the addresses, where it says only that it did. */
function adviceOn(errno: number, { destination, source, interface: choice }: OutgoingDatagram): string | undefined {
  if (!REFUSALS.includes(Math.abs(errno))) return undefined;
  const address = destination === undefined ? undefined : requireAddress('destination.address', destination.address);
  if (address?.needsZone && address.scope === undefined && choice === undefined)
    return `an address of one link needs a zone, as ${address}%eth0, or the option interface`;
  return source === undefined ? undefined : `is the source ${source} an address of this machine?`;
}
