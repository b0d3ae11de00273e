import { LINUX } from '../../wire/constants.generated.js';

/** Who cuts a payload with a segment size: the kernel if it can, or always this library. */
export type SegmentationChoice = 'auto' | 'library';

/** Refusals after which the same datagrams may well go one by one: net/ipv4/udp.c, udp_send_skb(), and ip_output.c. */
const REFUSALS: readonly number[] = [LINUX.EINVAL, LINUX.EIO, LINUX.EMSGSIZE, LINUX.ENOPROTOOPT, LINUX.EOPNOTSUPP];
/** Those that speak of the kernel or the device, not of this datagram. */
const LASTING: readonly number[] = [LINUX.EIO, LINUX.ENOPROTOOPT, LINUX.EOPNOTSUPP];

/** Whether the kernel segments for this socket: UDP_SEGMENT of udp(7), Linux 4.18. */
export class Segmentation {
  /** False where the kernel or the device cannot, or shall not. */
  offloaded: boolean;

  constructor(choice: SegmentationChoice) {
    this.offloaded = choice === 'auto';
  }

  /** The kernel refused to segment. Whether the datagrams should be sent one by one. */
  refused(errno: number): boolean {
    if (LASTING.includes(Math.abs(errno))) this.offloaded = false;
    return REFUSALS.includes(Math.abs(errno));
  }
}
