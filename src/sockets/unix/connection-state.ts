import { DescriptorError, type SystemCallError, systemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { peerName } from './local-name.js';

const byte = new Uint8Array(1);
const ignored = { length: 0, flags: 0, nameLength: 0, controlLength: 0 };

/** What a look into a stream socket gives that was never connected: ENOTCONN, on a Unix-domain one EINVAL. */
const NEVER_CONNECTED: ReadonlySet<number> = new Set([-LINUX.ENOTCONN, -LINUX.EINVAL]);

/**
 * Refuses a stream socket that was never connected, and tells what ended one that was. A connection that its peer reset has
 * no peer any more either (inet_getname in net/ipv4/af_inet.c); the look takes its error, which nobody else would be told.
 * @returns the error of a connection that has failed.
 * @throws DescriptorError with code 'DESCRIPTOR_KIND'.
 */
export function failureOfConnected(descriptor: number, method: string): SystemCallError | undefined {
  if (peerName(descriptor) !== undefined) return undefined;
  const flags = LINUX.MSG_PEEK | LINUX.MSG_DONTWAIT;
  const result = native().receiveMessage(descriptor, byte, null, null, flags, ignored);
  if (NEVER_CONNECTED.has(result)) {
    throw new DescriptorError(
      'DESCRIPTOR_KIND',
      `${method}: descriptor ${descriptor} is a socket that is not connected`,
    );
  }
  return result >= 0 || result === -LINUX.EAGAIN ? undefined : systemCallError(result, 'recvmsg', { descriptor });
}
