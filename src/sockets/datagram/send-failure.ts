import { type SystemCallError, systemCallError } from '../../io/errors.js';
import { LINUX } from '../../wire/constants.generated.js';
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
    'the datagram is longer than the path takes and may not be fragmented; the MTU is in the icmp-error event',
  ],
  [LINUX.EACCES, 'a broadcast address needs the option broadcast: true'],
]);

/** The error of a datagram that the kernel refused. */
export function sendError(errno: number, descriptor: number, message: OutgoingDatagram): SystemCallError {
  const { destination, payload, extensionHeaders } = message;
  const to = destination === undefined ? '' : ` to ${destination.address} port ${destination.port}`;
  const object = `${payload.length} bytes${to}`;
  const advice = ADVICE.get(Math.abs(errno));
  const permission = extensionHeaders === undefined ? undefined : 'CAP_NET_RAW';
  return systemCallError(errno, 'sendmmsg', { object, descriptor, ...(advice && { advice }) }, permission);
}
