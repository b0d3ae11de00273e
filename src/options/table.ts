import { LINUX } from '../wire/constants.generated.js';
import type { Codec, IntegerCodec } from './codec.js';
import type { OptionAccess, OptionDeclaration } from './option.js';
import { IP_BINDING } from './table/ip-binding.js';
import { IP_HEADER } from './table/ip-header.js';
import { IP_RECEIVED, RAW_OPTIONS } from './table/ip-received.js';
import { IPV6_BINDING } from './table/ipv6-binding.js';
import { IPV6_EXTENSIONS } from './table/ipv6-extensions.js';
import { IPV6_HEADER } from './table/ipv6-header.js';
import { ICMPV6_OPTIONS, IPV6_RECEIVED } from './table/ipv6-received.js';
import { MULTICAST_EITHER } from './table/multicast-group.js';
import { MULTICAST_IPV4 } from './table/multicast-ip.js';
import { MULTICAST_IPV6 } from './table/multicast-ipv6.js';
import { NETLINK_OPTIONS } from './table/netlink.js';
import { OTHER_OPTIONS } from './table/other.js';
import { PACKET_OPTIONS } from './table/packet.js';
import { SOCKET_ANCILLARY } from './table/socket-ancillary.js';
import { SOCKET_BUFFERS } from './table/socket-buffers.js';
import { SOCKET_GENERAL } from './table/socket-general.js';
import { SOCKET_PEER } from './table/socket-peer.js';
import { SOCKET_PROCESSING } from './table/socket-processing.js';
import { TCP_OPENING } from './table/tcp-opening.js';
import { TCP_SENDING } from './table/tcp-sending.js';
import { TCP_REPAIR, TCP_STATE } from './table/tcp-state.js';
import { TCP_TIMING } from './table/tcp-timing.js';
import { UDP_OPTIONS } from './table/udp.js';

const DECLARATIONS = {
  ...SOCKET_GENERAL,
  ...SOCKET_BUFFERS,
  ...SOCKET_ANCILLARY,
  ...SOCKET_PEER,
  ...SOCKET_PROCESSING,
  ...IP_HEADER,
  ...IP_BINDING,
  ...IP_RECEIVED,
  ...RAW_OPTIONS,
  ...MULTICAST_IPV4,
  ...MULTICAST_IPV6,
  ...MULTICAST_EITHER,
  ...IPV6_HEADER,
  ...IPV6_BINDING,
  ...IPV6_RECEIVED,
  ...ICMPV6_OPTIONS,
  ...IPV6_EXTENSIONS,
  ...TCP_SENDING,
  ...TCP_TIMING,
  ...TCP_OPENING,
  ...TCP_STATE,
  ...TCP_REPAIR,
  ...UDP_OPTIONS,
  ...PACKET_OPTIONS,
  ...NETLINK_OPTIONS,
  ...OTHER_OPTIONS,
} as const;

type Declarations = typeof DECLARATIONS;

/** The name of an option, as the kernel's headers have it. */
export type OptionName = keyof Declarations;

/** What reading the option gives. */
export type OptionValue<Name extends OptionName> = ReturnType<Declarations[Name]['codec']['decode']>;

/** What the option can be set to. */
export type OptionInput<Name extends OptionName> = Parameters<Declarations[Name]['codec']['encode']>[0];

type NamesWith<Access extends OptionAccess> = {
  [Name in OptionName]: Declarations[Name]['access'] extends Access ? Name : never;
}[OptionName];

/** Options that can be read, and options that can be set. */
export type ReadableOption = NamesWith<'r' | 'rw'>;
export type WritableOption = NamesWith<'w' | 'rw'>;

/** Options to set, by name. */
export type OptionSettings = { readonly [Name in WritableOption]?: OptionInput<Name> };

/** A row with its name and its numbers: what everything that handles any option works with. */
export interface Option extends OptionDeclaration<unknown, unknown, OptionAccess> {
  readonly name: OptionName;
  readonly levelNumber: number;
  readonly number: number;
  /** `levelNumber` and `number` in one: level * 2 ** 16 + number. */
  readonly levelAndNumber: number;
  /** The codec, where the value is one C int: what the common case needs to know. */
  readonly integer: IntegerCodec<unknown> | undefined;
}

/** Every option by its name; without a prototype, so that one look tells whether there is an option of a name. */
export const OPTIONS: Readonly<Record<OptionName, Option>> = Object.assign(
  Object.create(null),
  Object.fromEntries((Object.keys(DECLARATIONS) as OptionName[]).map(name => [name, resolve(name)])),
);

/** A name that the kernel's headers lack would not compile here. All rows get one shape, which V8 works with best. */
function resolve(name: OptionName): Option {
  const declaration: OptionDeclaration<unknown, unknown, OptionAccess> = DECLARATIONS[name];
  const { level, codec, range, access, levelFor, ...rest } = declaration;
  return {
    name,
    levelNumber: LINUX[level],
    number: LINUX[name],
    levelAndNumber: LINUX[level] * 2 ** 16 + LINUX[name],
    integer: isInteger(codec) ? codec : undefined,
    range: range ?? codec.range,
    access,
    codec,
    level,
    levelFor,
    ...rest,
  };
}

function isInteger(codec: Codec<unknown, unknown>): codec is IntegerCodec<unknown> {
  return codec.transport === 'integer';
}

/** Every option, in the order of the table. */
export const ALL_OPTIONS: readonly Option[] = Object.values(OPTIONS);
