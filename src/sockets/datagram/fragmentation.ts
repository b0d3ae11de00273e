import { check } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';

const current = new Int32Array(1);

/**
 * Runs `send` while IPv4 packets of the socket have the don't-fragment bit, or have it not: IP_MTU_DISCOVER, which
 * sendmsg(2) cannot take for one message. Nothing else of this thread sends in between.
 */
export function withFragmentation<Result>(
  descriptor: number,
  dontFragment: boolean | undefined,
  send: () => Result,
): Result {
  if (dontFragment === undefined) return send();
  const { IPPROTO_IP: level, IP_MTU_DISCOVER: name } = LINUX;
  const wanted = dontFragment ? LINUX.IP_PMTUDISC_DO : LINUX.IP_PMTUDISC_DONT;
  check(native().getIntegerOption(descriptor, level, name, current), 'getsockopt', {
    object: 'IP_MTU_DISCOVER',
    descriptor,
  });
  const before = current[0] ?? LINUX.IP_PMTUDISC_WANT;
  check(native().setIntegerOption(descriptor, level, name, wanted), 'setsockopt', {
    object: 'IP_MTU_DISCOVER',
    descriptor,
  });
  try {
    return send();
  } finally {
    native().setIntegerOption(descriptor, level, name, before);
  }
}
