import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';

const byte = new Uint8Array(1);

/** True where the peer has ended and nothing is left to read: there, a look gives no byte and no error. */
export function isAtEnd(descriptor: number): boolean {
  const ignored = { length: 0, flags: 0, nameLength: 0, controlLength: 0 };
  return native().receiveMessage(descriptor, byte, null, null, LINUX.MSG_PEEK, ignored) === 0;
}
