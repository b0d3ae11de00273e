/**
 * The kernel could not install all descriptors of a message, and dropped those that were left (unix(7), MSG_CTRUNC): this
 * process, or the system, has no free descriptor, or a security module forbade one. Those that did arrive are closed, so
 * that a message is had whole or not at all; the socket option `lostDescriptors: 'report'` gives them instead.
 */
export class DescriptorsLostError extends Error {
  override readonly name = 'DescriptorsLostError';
  readonly code = 'DESCRIPTORS_LOST';
  /** The bytes of the message. */
  readonly data: Buffer;
  /** How many descriptors had arrived before the kernel ran out; how many were sent is not known. */
  readonly arrived: number;

  constructor(data: Buffer, arrived: number) {
    super(
      `descriptors of a message were lost after ${arrived} had arrived: this process has no free ones; ` +
        'close some, or raise its limit (prlimit --nofile, LimitNOFILE=)',
    );
    this.data = data;
    this.arrived = arrived;
  }
}
