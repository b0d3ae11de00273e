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
export type { Target } from './tools/target-feed.js';

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
export { type ListenOptions, listen } from './sockets/listen.js';
export { type UndiciConnector, type UndiciConnectorOptions, undiciConnector } from './sockets/undici-connector.js';
