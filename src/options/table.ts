import { LINUX } from '../wire/constants.generated.js';
import type { OptionAccess, OptionDeclaration } from './option.js';
import { IP_OPTIONS, UDP_OPTIONS } from './table/ip.js';
import { IPV6_OPTIONS } from './table/ipv6.js';
import { MULTICAST_OPTIONS } from './table/multicast.js';
import { SOCKET_OPTIONS } from './table/socket.js';

const DECLARATIONS = {
  ...SOCKET_OPTIONS,
  ...IP_OPTIONS,
  ...MULTICAST_OPTIONS,
  ...IPV6_OPTIONS,
  ...UDP_OPTIONS,
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
}

/** Every option by its name. */
export const OPTIONS: Readonly<Record<OptionName, Option>> = Object.fromEntries(
  (Object.keys(DECLARATIONS) as OptionName[]).map(name => [name, resolve(name)]),
) as Record<OptionName, Option>;

/** A name that the kernel's headers lack would not compile here. */
function resolve(name: OptionName): Option {
  const declaration: OptionDeclaration<unknown, unknown, OptionAccess> = DECLARATIONS[name];
  return { ...declaration, name, levelNumber: LINUX[declaration.level], number: LINUX[name] };
}

/** Every option, in the order of the table. */
export const ALL_OPTIONS: readonly Option[] = Object.values(OPTIONS);
