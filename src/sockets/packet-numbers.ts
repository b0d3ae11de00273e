import { native } from '../io/native.js';
import { setOption } from '../io/option.js';
import { LINUX } from '../wire/constants.generated.js';
import { IpAddress } from '../wire/ip-address.js';
import { encodeOutgoingControl } from '../wire/outgoing-control.js';
import { encodeSocketAddress } from '../wire/socket-address.js';

let known: boolean | undefined;

/**
 * Whether the kernel lets a program number its packets for their transmit stamps: SCM_TS_OPT_ID, since Linux 6.13. An older
 * one counts by itself, and whether it counts a packet that could not be sent depends on why (net/ipv4/ip_output.c).
 */
export function kernelTakesPacketNumbers(): boolean {
  known ??= tryPacketNumber();
  return known ?? false;
}

/**
 * A kernel that does not know a control message says EINVAL before it looks at the destination, which here is one that no
 * socket may send to without SO_BROADCAST. So nothing is ever sent.
 * @returns undefined where there are no sockets to try it with.
 */
function tryPacketNumber(): boolean | undefined {
  const descriptor = native().socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, 0);
  if (descriptor < 0) return undefined;
  try {
    setOption(descriptor, 'SO_TIMESTAMPING', ['software', 'opt-id']);
    const control = encodeOutgoingControl({ family: 4, stampNumber: 0 });
    const name = encodeSocketAddress({ family: 'ip4', address: IpAddress.parse('255.255.255.255'), port: 9 });
    const result = native().sendMessage(descriptor, new Uint8Array(1), name, control, 0);
    return result !== -LINUX.EINVAL;
  } finally {
    native().close(descriptor);
  }
}
