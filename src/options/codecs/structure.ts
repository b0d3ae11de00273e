import { requireBytes } from '../../wire/wire-format-error.js';
import type { Codec, EncodeContext } from '../codec.js';
import { OptionValueError } from '../option-value-error.js';
import type { Field } from './field.js';

/** Where in the structure a member stands (an offset of the kernel's headers), and what it is. */
export type Member<Read, Write = Read> = readonly [offset: number, field: Field<Read, Write>];

type Members = Readonly<Record<string, Member<unknown, never>>>;

export type ReadOf<M> = { -readonly [Name in keyof M]: M[Name] extends Member<infer Read, never> ? Read : never };

export type WriteOf<M> = {
  readonly [Name in keyof M]: M[Name] extends readonly [number, Field<infer _Read, infer Write>] ? Write : never;
};

type Simplify<T> = { [Name in keyof T]: T[Name] };

/** A structure's size and members. */
export interface Layout<Required, Optional> {
  /** The structure's name in the kernel, for errors. */
  readonly name: string;
  readonly size: number;
  /** Members that must be given, and that any kernel gives. */
  readonly members: Required;
  /** Members that may be left out, and are then 0; reading, those that only some kernels give. Default: none. */
  readonly optional?: Optional;
}

/** A C structure whose members are named as in the kernel's headers, without their common prefix. */
export function structure<R extends Members, O extends Members = Record<never, never>>(
  layout: Layout<R, O>,
): Codec<Simplify<ReadOf<R> & Partial<ReadOf<O>>>, Simplify<WriteOf<R> & Partial<WriteOf<O>>>> {
  const optional = layout.optional ?? {};
  return {
    shape: shapeOf(layout.members, optional),
    size: layout.size,
    encode: (value, context) => encode(layout, optional, value as Record<string, unknown>, context),
    decode: bytes => decode(layout, optional, bytes) as Simplify<ReadOf<R> & Partial<ReadOf<O>>>,
  };
}

function shapeOf(members: Members, optional: Members): string {
  const required = Object.entries(members).map(([name, [, field]]) => `${name}: ${field.shape}`);
  const rest = Object.entries(optional).map(([name, [, field]]) => `${name}?: ${field.shape}`);
  return `{ ${[...required, ...rest].join('; ')} }`;
}

function encode(
  { members, size }: Layout<Members, Members>,
  optional: Members,
  value: Record<string, unknown>,
  context: EncodeContext,
): Uint8Array {
  if (typeof value !== 'object' || value === null) {
    throw new OptionValueError(context.name, value, `allowed is ${shapeOf(members, optional)}`);
  }
  refuseStrangers(value, members, optional, context);
  const bytes = new Uint8Array(size);
  for (const [name, [offset, field]] of Object.entries({ ...members, ...optional })) {
    if (value[name] === undefined && !Object.hasOwn(members, name)) continue;
    field.write(bytes, offset, value[name] as never, { ...context, name: `${context.name}.${name}` });
  }
  return bytes;
}

/** A member that is misspelt would otherwise be a 0 that nobody asked for. */
function refuseStrangers(value: object, members: Members, optional: Members, { name }: EncodeContext): void {
  const stranger = Object.keys(value).find(key => !Object.hasOwn(members, key) && !Object.hasOwn(optional, key));
  if (stranger === undefined) return;
  const known = [...Object.keys(members), ...Object.keys(optional)].join(', ');
  throw new OptionValueError(name, value, `it has no member '${stranger}'; there are ${known}`);
}

function decode({ name, members }: Layout<Members, Members>, optional: Members, bytes: Uint8Array): object {
  const value: Record<string, unknown> = {};
  for (const [member, [offset, field]] of Object.entries(members)) {
    requireBytes(name, offset, bytes.length, field.size);
    value[member] = field.read(bytes, offset);
  }
  for (const [member, [offset, field]] of Object.entries(optional)) {
    if (offset + field.size <= bytes.length) value[member] = field.read(bytes, offset);
  }
  return value;
}
