import { LINUX } from '../../wire/constants.generated.js';
import { decodeUnixControl } from '../../wire/unix-control.js';
import { OwnedDescriptor } from './owned-descriptor.js';
import { UnixMessage, type UnixMessageDetails } from './unix-message.js';

/** What no message without descriptors needs to have made for it. */
const NO_DESCRIPTORS: readonly OwnedDescriptor[] = Object.freeze([]);
const NO_DETAILS: UnixMessageDetails = Object.freeze({});

/** The message of `data` and of the control data between `start` and `end`. Its descriptors are owned from here on. */
export function receivedMessage(
  data: Buffer,
  control: Uint8Array,
  start: number,
  end: number,
  flags: number,
  details = NO_DETAILS,
): UnixMessage {
  if (end === start && (flags & LINUX.MSG_CTRUNC) === 0) return new UnixMessage(data, NO_DESCRIPTORS, details);
  const { descriptors, credentials, pidfd, securityLabel } = decodeUnixControl(control, start, end);
  return new UnixMessage(data, descriptors.length === 0 ? NO_DESCRIPTORS : descriptors.map(own), {
    ...details,
    credentials,
    securityLabel,
    pidfd: pidfd === undefined ? undefined : own(pidfd),
    // There is room for all that can come (UNIX_CONTROL_SPACE), so this flag can only mean that descriptors were dropped.
    descriptorsLost: (flags & LINUX.MSG_CTRUNC) !== 0,
  });
}

function own(descriptor: number): OwnedDescriptor {
  return new OwnedDescriptor(descriptor);
}
