import { SystemCallError } from '../../io/errors.js';
import { setOption } from '../../io/option.js';
import type { Family, IpAddress } from '../../wire/ip-address.js';

/** What all sockets of a trace are set up with. */
export interface TraceSocketOptions {
  family: Family;
  interface?: string;
  source?: IpAddress;
  mark?: number;
  /** Source port of UDP and TCP, 1 to 65,535. Default: one that the kernel chooses. */
  sourcePort?: number;
  /** Packets are never sent in fragments, and what the kernel believes of the path's MTU is not asked. */
  wholePackets: boolean;
  /** raw: needs CAP_NET_RAW. unprivileged: UDP, ping and connecting sockets. Default: raw if allowed. */
  kind?: 'raw' | 'unprivileged';
}

/** Errors and replies of tens of thousands of probes, while the event loop is busy elsewhere. */
const RECEIVE_BUFFER = 4 << 20;

/** Which socket: of what is sent on it, who reads errors from it. */
export interface SocketUse {
  errors: boolean;
  transmitStamps: boolean;
}

/** Options that all probing sockets share. */
export function setUpSocket(descriptor: number, options: TraceSocketOptions, use: SocketUse): void {
  enlargeBuffer(descriptor);
  setOption(descriptor, 'SO_SELECT_ERR_QUEUE', true);
  setOption(descriptor, 'SO_TIMESTAMPING', [
    'rx-software',
    'software',
    ...(use.transmitStamps ? (['tx-software'] as const) : []),
  ]);
  if (options.interface !== undefined) setOption(descriptor, 'SO_BINDTODEVICE', options.interface);
  if (options.mark !== undefined) setOption(descriptor, 'SO_MARK', options.mark);
  if (options.family === 4) setUp4(descriptor, options, use);
  else setUp6(descriptor, options, use);
}

function setUp4(descriptor: number, { wholePackets }: TraceSocketOptions, { errors }: SocketUse): void {
  setOption(descriptor, 'IP_MTU_DISCOVER', wholePackets ? 'probe' : 'dont');
  if (!errors) return;
  setOption(descriptor, 'IP_RECVERR', true);
  setOption(descriptor, 'IP_RECVTTL', true);
  ifKnown(() => setOption(descriptor, 'IP_RECVERR_RFC4884', true));
}

/** A flow label of our own needs IPV6_FLOWINFO_SEND; without, the kernel makes one of the packet's hash. */
function setUp6(descriptor: number, { wholePackets }: TraceSocketOptions, { errors }: SocketUse): void {
  setOption(descriptor, 'IPV6_RECVHOPLIMIT', true);
  setOption(descriptor, 'IPV6_FLOWINFO_SEND', true);
  setOption(descriptor, 'IPV6_MTU_DISCOVER', wholePackets ? 'probe' : 'dont');
  if (!errors) return;
  setOption(descriptor, 'IPV6_RECVERR', true);
  ifKnown(() => setOption(descriptor, 'IPV6_RECVERR_RFC4884', true));
}

/** Options that only newer kernels have, and that a trace can do without. */
function ifKnown(set: () => void): void {
  try {
    set();
  } catch (error) {
    if (!(error instanceof SystemCallError) || error.code !== 'ENOPROTOOPT') throw error;
  }
}

/** The forced size needs CAP_NET_ADMIN; the other is cut to net.core.rmem_max. */
function enlargeBuffer(descriptor: number): void {
  try {
    setOption(descriptor, 'SO_RCVBUFFORCE', RECEIVE_BUFFER);
  } catch (error) {
    if (!(error instanceof SystemCallError) || error.code !== 'EPERM') throw error;
    setOption(descriptor, 'SO_RCVBUF', RECEIVE_BUFFER);
  }
}
