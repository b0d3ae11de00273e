// The public exports, and nothing else, by subject.

// Errors

export { ArgumentError } from './io/argument-error.js';
export { DescriptorError, PermissionError, SystemCallError } from './io/errors.js';
export { ResolveError } from './tools/resolve.js';
export { WireFormatError } from './wire/wire-format-error.js';

// Addresses

export { AddressFormatError } from './wire/address-format-error.js';
export { AddressRange } from './wire/address-range.js';
export { type Family, IpAddress } from './wire/ip-address.js';

// Ping

export type * from './engine/ping/ping-event.js';
export { type PingRun, ping } from './tools/ping.js';
export type { PingOptions, PingProgress } from './tools/ping-options.js';
export type { PingResult } from './tools/ping-session.js';
export type { Target } from './tools/target.js';

// Trace

export type * from './engine/trace/live-event.js';
export type * from './engine/trace/trace-event.js';
export type { AsLookupOptions, TracerouteOptions, TraceStart } from './tools/trace-options.js';
export type { TraceTargets } from './tools/trace-session.js';
export { type TraceRun, traceroute } from './tools/traceroute.js';
export { type PathWatch, watchPath } from './tools/watch-path.js';
export type { WatchPathOptions } from './tools/watch-path-options.js';

// Socket options

export { type DescriptorSource, descriptorOf } from './io/descriptor.js';
export {
  getOption,
  getOptionBytes,
  getOptions,
  type OptionLevelInput,
  setOption,
  setOptionBytes,
} from './io/option.js';
export type { TcpInfo } from './options/codecs/tcp-info.js';
export { type FilterInstruction, FilterProgramError, filterProgram, WHOLE_PACKET } from './options/filter-program.js';
export { OptionNameError } from './options/option-name-error.js';
export { OptionValueError } from './options/option-value-error.js';
export type {
  OptionInput,
  OptionName,
  OptionSettings,
  OptionValue,
  ReadableOption,
  WritableOption,
} from './options/table.js';
export { httpAgent, httpsAgent, type SocketAgentOptions } from './sockets/agent.js';
export { type BindUdpOptions, bindUdp } from './sockets/bind-udp.js';
export { type ConnectOptions, connect, type TcpConnectOptions, type UnixConnectOptions } from './sockets/connect.js';
export { cork } from './sockets/cork.js';
export { type ListenOptions, listen } from './sockets/listen.js';
export { reset } from './sockets/reset.js';
export { type UndiciConnector, type UndiciConnectorOptions, undiciConnector } from './sockets/undici-connector.js';
export {
  type ExecuteOptions,
  executeWithListeners,
  type PassedListener,
} from './sockets/unix/activation/execute.js';
export {
  type ActivationEnvironment,
  inetdSocket,
  type ListenFdsOptions,
  listenFds,
} from './sockets/unix/activation/listen-fds.js';
export type { UnixAddress } from './sockets/unix/address.js';
export type { UnixBindOptions } from './sockets/unix/binding.js';
export {
  type UnixDatagramOptions,
  type UnixDatagramSendOptions,
  UnixDatagramSocket,
} from './sockets/unix/datagram-socket.js';
export { DescriptorsLostError } from './sockets/unix/descriptors-lost-error.js';
export type { HandOverSource } from './sockets/unix/handover/draining.js';
export { type HandOver, handOver } from './sockets/unix/handover/hand-over.js';
export { HandOverError, type HandOverErrorCode } from './sockets/unix/handover/hand-over-error.js';
export type { HandOverOptions } from './sockets/unix/handover/hand-over-options.js';
export { type TakenOver, type TakeOverOptions, takeOver } from './sockets/unix/handover/take-over.js';
export type { ReceiveOptions } from './sockets/unix/intake.js';
export type { UnixListenOptions } from './sockets/unix/listener.js';
export type { UnixMessageSocketOptions } from './sockets/unix/message-socket.js';
export { type NamedListener, showAddress } from './sockets/unix/named-listener.js';
export { OwnedDescriptor } from './sockets/unix/owned-descriptor.js';
export type { UnixOutgoing, UnixSendOptions } from './sockets/unix/parcel.js';
export { type PeerCredentials, peerCredentials, peerPidfd } from './sockets/unix/peer-credentials.js';
export type { UnixReceiveOptions } from './sockets/unix/receive-options.js';
export { UnixSeqpacketSocket } from './sockets/unix/seqpacket-socket.js';
export { datagramPair, seqpacketPair, socketPair } from './sockets/unix/socket-pair.js';
export { UnixBatch, type UnixBatchOptions } from './sockets/unix/unix-batch.js';
export { UnixMessage } from './sockets/unix/unix-message.js';
export { UnixSeqpacketServer, UnixServer } from './sockets/unix/unix-server.js';
export { UnixSocket, type UnixSocketOptions } from './sockets/unix/unix-socket.js';
export { atMark, receiveUrgent, sendUrgent, type UrgentWatch, watchUrgent } from './sockets/urgent.js';
// Unix-domain sockets and descriptor passing
export { MAXIMUM_DESCRIPTORS, type UnixCredentials } from './wire/unix-control.js';

// Datagrams and multicast

export { Retransmission, type RetransmissionOptions } from './engine/request/retransmission.js';
export type { Datagram, Ecn } from './sockets/datagram/datagram.js';
export type { DatagramBatch } from './sockets/datagram/datagram-batch.js';
export type { Ancillary, BindAddress, DatagramSocketOptions } from './sockets/datagram/datagram-options.js';
export { DatagramSocket, type DatagramSocketEvents } from './sockets/datagram/datagram-socket.js';
export { type DatagramStateCode, DatagramStateError } from './sockets/datagram/datagram-state-error.js';
export type { Endpoint, InterfaceChoice, SocketFamily } from './sockets/datagram/endpoint.js';
export type { NetworkError } from './sockets/datagram/network-error.js';
export type { OutgoingDatagram, SendOptions, TransmitStamp } from './sockets/datagram/outgoing-datagram.js';
export { replyOptions } from './sockets/datagram/reply.js';
export { type RouteFor, type RouteForOptions, routeFor } from './sockets/datagram/route-for.js';
export type { SegmentationChoice } from './sockets/datagram/segmentation.js';
export type { SendFailure } from './sockets/datagram/send-failure.js';
export type { SendResult } from './sockets/datagram/sender.js';
export { type ListenedGroup, listGroups } from './sockets/multicast/interface-groups.js';
export { MembershipLimitError, type MembershipSysctl } from './sockets/multicast/membership-limit-error.js';
export {
  type GroupOptions,
  type Membership,
  type MembershipOptions,
  type Multicast,
  multicast,
} from './sockets/multicast/multicast.js';
export type { OutgoingMulticast } from './sockets/multicast/outgoing-multicast.js';
export {
  type DatagramReply,
  DatagramRequester,
  type DatagramRequesterOptions,
  type RequestId,
  RequestTimeoutError,
} from './tools/datagram-requester.js';
export {
  type MulticastReceiveEvent,
  type MulticastReceiveOptions,
  receiveMulticast,
} from './tools/multicast-receive.js';
export { type MulticastSendEvent, type MulticastSendOptions, sendMulticast } from './tools/multicast-send.js';
export { FieldValueError } from './wire/field-value-error.js';
export type { FilterMode } from './wire/group-filter.js';
export type { SendableExtensionHeader } from './wire/outgoing-control.js';
export type { IpSocketAddress } from './wire/socket-address.js';

// Path MTU

export type {
  MtuAnomaly,
  MtuAnomalyKind,
  MtuHopEvent,
  MtuLimit,
  MtuProbeEvent,
  MtuResult,
} from './engine/mtu/mtu-event.js';
export { discoverPathMtu, type PathMtuRun } from './tools/mtu.js';
export {
  type DatagramMtuOptions,
  type DatagramMtuResult,
  DatagramMtuSearch,
  type DatagramProbe,
} from './tools/mtu-datagram.js';
export type { PathMtuOptions, PathMtuStart } from './tools/mtu-options.js';
export type { PathMtuEvent, PathMtuResult } from './tools/mtu-session.js';
export {
  type ConnectionPath,
  connectionPath,
  limitSegments,
  type PathMtuDiscovery,
  pathMtu,
  segmentSizeOf,
  setPathMtuDiscovery,
} from './tools/mtu-socket.js';
export { type PathMtuChange, type WatchPathMtuOptions, watchPathMtu } from './tools/mtu-watch.js';
