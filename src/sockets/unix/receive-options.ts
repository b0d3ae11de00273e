import { requireBoolean, requireChoice, requireInteger, requireObject } from '../../io/argument-error.js';
import { setOption } from '../../io/option.js';

/** What a socket tells about the messages that it receives. */
export interface UnixReceiveOptions {
  /** Tell the sender's process, user and group with every message (SO_PASSCRED). Default: false. */
  credentials?: boolean;
  /** Give a pidfd of the sender with every message (SO_PASSPIDFD, Linux 6.5). Default: false. */
  pidfds?: boolean;
  /** Tell the sender's security label with every message (SO_PASSSEC). Default: false. */
  securityLabels?: boolean;
  /**
   * What happens where the kernel drops descriptors of a message because this process has no free ones: `raise` a
   * DescriptorsLostError, which ends a stream, or `report` it in the message's `descriptorsLost`. Default: raise.
   */
  lostDescriptors?: 'raise' | 'report';
  /**
   * Messages that may be taken from the kernel at once for 'message' listeners, 1 to 64. Their descriptors are then all
   * open at the same time. `receive()` takes one, `receiveMany(limit)` as many as it is told. Default: 32.
   */
  receiveBatch?: number;
}

const DEFAULT_BATCH = 32;
/** Messages of one recvmmsg(2) or sendmmsg(2) call. */
export const BATCH_SLOTS = 64;

/** The batch of `options`, checked. */
export function receiveBatchOf(options: UnixReceiveOptions): number {
  const { receiveBatch = DEFAULT_BATCH } = options;
  return requireInteger('receiveBatch', receiveBatch, 1, BATCH_SLOTS, 'messages');
}

/** Refuses options that cannot be. @throws ArgumentError */
export function requireReceiveOptions(options: UnixReceiveOptions): void {
  requireObject('options', options);
  for (const name of ['credentials', 'pidfds', 'securityLabels'] as const) requireBoolean(name, options[name]);
  receiveBatchOf(options);
  requireChoice('lostDescriptors', options.lostDescriptors, ['raise', 'report']);
}

/** Whether a stream's writing side stays open, as the options say. @throws ArgumentError */
export function requireHalfOpen(options: { allowHalfOpen?: boolean }): boolean {
  return requireBoolean('allowHalfOpen', requireObject('options', options).allowHalfOpen) ?? false;
}

/**
 * Sets what the kernel puts beside each message.
 * @throws ArgumentError as `requireReceiveOptions`; SystemCallError ENOPROTOOPT where the kernel is too old for an option.
 */
export function applyReceiveOptions(descriptor: number, options: UnixReceiveOptions): void {
  requireReceiveOptions(options);
  if (options.credentials) setOption(descriptor, 'SO_PASSCRED', true);
  if (options.pidfds) setOption(descriptor, 'SO_PASSPIDFD', true);
  if (options.securityLabels) setOption(descriptor, 'SO_PASSSEC', true);
}
