import type { OptionInput, WritableOption } from '../../options/table.js';
import type { IpAddress } from '../../wire/ip-address.js';
import type { OutgoingMulticast } from '../multicast/outgoing-multicast.js';
import type { Endpoint, InterfaceChoice, SocketFamily } from './endpoint.js';
import type { SegmentationChoice } from './segmentation.js';

/** What the kernel is asked to tell of every received datagram. */
export type Ancillary = 'destination' | 'hop-limit' | 'traffic-class' | 'stamp' | 'drops';

/** Everything, in the order of the reference. */
export const ALL_ANCILLARY: readonly Ancillary[] = ['destination', 'hop-limit', 'traffic-class', 'stamp', 'drops'];

/** Where a socket is bound: port 0 or none lets the kernel choose one. */
export interface BindAddress {
  /** Default: every address of this machine. A group's address receives only what is sent to that group. */
  address?: string | IpAddress;
  /** 0 to 65535. Default: 0. */
  port?: number;
}

export interface DatagramSocketOptions {
  /** Default: that of `bind.address` or `connect.address`, else 4. */
  family?: SocketFamily;
  /** Default: the kernel binds to a free port at the first send. */
  bind?: BindAddress;
  /** Send there by default, and receive from there only. */
  connect?: Endpoint;
  /** Sockets of several programs may be bound to one address and port, as multicast needs (SO_REUSEADDR). Default: false. */
  reuseAddress?: boolean;
  /** Datagrams are spread over the sockets bound to one address and port (SO_REUSEPORT). Default: false. */
  reusePort?: boolean;
  /** Broadcast addresses may be sent to (SO_BROADCAST). Default: false. */
  broadcast?: boolean;
  /** Only this interface is sent and received by (SO_BINDTODEVICE): name, index, or one of its addresses. */
  interface?: InterfaceChoice;
  /** What received datagrams tell beside payload and source; each costs the kernel some time. Default: all. */
  ancillary?: readonly Ancillary[];
  /**
   * Errors of the network come as 'icmp-error' events, and never as exceptions. Waiting for them keeps the process alive until
   * the socket is closed, or `unref` is called. Default: false.
   */
  errors?: boolean;
  /** Bytes of the longest payload that is received whole, 1 to 65535. Default: 65535, which no datagram exceeds. */
  maximumPayload?: number;
  /** Datagrams moved by one system call, 1 to 1024. Default: 64. */
  batchSize?: number;
  /**
   * Milliseconds for which the socket is left alone after datagrams came, 0 to 1000, so that a turn of the event loop takes
   * many of a fast stream: less CPU for each, which is received so much later at most. What comes meanwhile has to fit the
   * receive buffer (SO_RCVBUF), in which a short datagram takes 768 bytes. Default: 0.
   */
  coalesce?: number;
  /** The kernel may hand several datagrams of one sender over as one (UDP_GRO); they are told apart here. Default: false. */
  receiveOffload?: boolean;
  /**
   * Datagrams of a batch that follow each other, go to one destination, are of one length (the last may be shorter) and say nothing
   * for themselves go through the kernel as one, which cuts them at the device (UDP_SEGMENT): short ones take a quarter of the CPU.
   * A packet tap and a firewall of this host see them uncut. Default: false.
   */
  sendOffload?: boolean;
  /** Who cuts payloads that are sent with a segment size. Default: 'auto', the kernel if it can. */
  segmentation?: SegmentationChoice;
  /** How multicasts are sent. */
  multicast?: OutgoingMulticast;
  /** Any other socket options, by the kernel's names, set before the socket is bound: `{ SO_RCVBUF: 4194304 }`. */
  options?: { readonly [Name in WritableOption]?: OptionInput<Name> };
  /** Closes the socket. */
  signal?: AbortSignal;
}
