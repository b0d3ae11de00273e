import { Socket as DatagramSocket } from 'node:dgram';
import { Server, Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { DescriptorError } from './errors.js';

/** An object of this package, or of a program, that says which descriptor it works on. */
export interface HasDescriptor {
  /** The open descriptor; negative or undefined where there is none. */
  readonly descriptor: number | undefined;
}

/** An object that leads to a socket: a request, a response, an http2 session or stream. */
export interface HasSocket {
  readonly socket: object | null | undefined;
}

/** A stream of http2, which leads to its session. */
export interface HasSession {
  readonly session: HasSocket | undefined;
}

/** An object with a descriptor of its own: a FileHandle, process.stdin, a file stream. */
export interface HasFileDescriptor {
  readonly fd: number;
}

/** `net.BoundSocket` of Node 24.19 and later. */
export interface HasDescriptorMethod {
  fd(): number;
}

/** Whatever has a descriptor beneath it. Streams are here for the pipes of child processes, which are net.Sockets. */
export type DescriptorSource =
  | number
  | Socket
  | Server
  | DatagramSocket
  | HasDescriptor
  | HasSocket
  | HasSession
  | Readable
  | Writable
  | HasFileDescriptor
  | HasDescriptorMethod;

/** The part of Node's handles (TCP, Pipe, TTY, TLSWrap, UDP) that is used; a handle without a socket yet has a negative fd. */
interface Handle {
  readonly fd?: number;
}

interface WithHandle {
  readonly _handle?: Handle | null;
}

const DESCRIPTOR_MAX = 2 ** 31 - 1;

/**
 * The descriptor beneath an object of Node or of this package; it stays the object's to close. It is looked up at every
 * call, because a number kept aside may come to mean another socket.
 * @throws DescriptorError NO_DESCRIPTOR before the object has one, DESCRIPTOR_CLOSED after, NOT_A_SOCKET for anything else.
 */
export function descriptorOf(source: DescriptorSource): number {
  if (source instanceof Socket || source instanceof Server) {
    const descriptor = (source as WithHandle)._handle?.fd;
    if (descriptor !== undefined && descriptor >= 0) return descriptor;
    throw withoutDescriptor(source);
  }
  return typeof source === 'number' ? requireDescriptor(source) : search(source);
}

/** A number that may be a descriptor's. @throws DescriptorError NOT_A_SOCKET for any other. */
export function requireDescriptor(descriptor: number): number {
  if (Number.isInteger(descriptor) && descriptor >= 0 && descriptor <= DESCRIPTOR_MAX) return descriptor;
  throw new DescriptorError('NOT_A_SOCKET', `${String(descriptor)} is no descriptor: they are whole numbers from 0`);
}

function search(source: Exclude<DescriptorSource, number>): number {
  if (typeof source !== 'object' || source === null) {
    throw new DescriptorError(
      'NOT_A_SOCKET',
      `${String(source)} is no socket: give a socket, a server or a descriptor`,
    );
  }
  if (source instanceof DatagramSocket) return datagramDescriptor(source);
  if ('descriptor' in source) return openDescriptor(source, source.descriptor);
  if ('fd' in source) return openDescriptor(source, typeof source.fd === 'function' ? source.fd() : source.fd);
  if ('socket' in source) return socketDescriptor(source);
  if ('session' in source) {
    if (source.session === undefined) throw withoutConnection(source);
    return socketDescriptor(source.session);
  }
  throw new DescriptorError('NOT_A_SOCKET', `${nameOf(source)} is no socket: give a socket, a server or a descriptor`);
}

function socketDescriptor(source: HasSocket): number {
  const { socket } = source;
  if (socket === null || socket === undefined || hasLeft(source)) throw withoutConnection(source);
  return descriptorOf(socket as DescriptorSource);
}

/**
 * A ClientRequest (`reusedSocket` is its alone) keeps a kept-alive connection in sight after the answer, when another request
 * may have it. The messages of a server are destroyed as soon as they are read, and their connection is theirs nevertheless.
 */
function hasLeft(source: HasSocket): boolean {
  return 'reusedSocket' in source && (source as Exchange).destroyed === true;
}

/** What requests, responses, and sessions and streams of http2 tell of their end. */
interface Exchange {
  readonly destroyed?: boolean;
  readonly closed?: boolean;
  readonly writableFinished?: boolean;
  readonly complete?: boolean;
}

/** Requests and responses have no socket before they are given a connection, and none after they have left it. */
function withoutConnection(source: HasSocket | HasSession): DescriptorError {
  const { destroyed, closed, writableFinished, complete } = source as Exchange;
  const name = nameOf(source);
  if (destroyed || closed || writableFinished || complete) {
    return new DescriptorError('DESCRIPTOR_CLOSED', `this ${name} has ended, and has no connection any longer`);
  }
  return new DescriptorError(
    'NO_DESCRIPTOR',
    `this ${name} has no connection yet: wait for its 'socket' event, or give its agent the options`,
  );
}

function openDescriptor(source: object, descriptor: number | undefined | null): number {
  if (typeof descriptor === 'number' && descriptor >= 0) return requireDescriptor(descriptor);
  // A stream of node:fs opens its file later.
  if ((source as { readonly pending?: boolean }).pending && !(source as Exchange).destroyed) {
    throw new DescriptorError('NO_DESCRIPTOR', `this ${nameOf(source)} is not open yet: wait for its 'open' event`);
  }
  throw new DescriptorError('DESCRIPTOR_CLOSED', `this ${nameOf(source)} is closed`);
}

function nameOf(source: object): string {
  return source.constructor?.name ?? 'object';
}

/** Where the object is in its life, and what to do instead. */
function withoutDescriptor(source: Socket | Server): DescriptorError {
  if (source instanceof Server) return withoutListener(source);
  if (source.destroyed) return new DescriptorError('DESCRIPTOR_CLOSED', 'the socket is closed');
  if (!source.connecting && (source as WithHandle)._handle) {
    return new DescriptorError('NO_DESCRIPTOR', 'the stream runs over another stream and has no descriptor of its own');
  }
  return new DescriptorError(
    'NO_DESCRIPTOR',
    "the socket is not connected: wait for 'connect', or open it with connect({ options })",
  );
}

/** A server that has listened remembers where (`_connectionKey`, set by `setupListenHandle` in lib/net.js of every version). */
function withoutListener(source: Server): DescriptorError {
  if ((source as { readonly _connectionKey?: string })._connectionKey !== undefined) {
    return new DescriptorError('DESCRIPTOR_CLOSED', 'the server is closed');
  }
  return new DescriptorError(
    'NO_DESCRIPTOR',
    "the server does not listen: wait for 'listening', or open it with listen({ options })",
  );
}

interface DatagramState {
  readonly handle: Handle | null;
}

/**
 * A dgram.Socket keeps its handle in a state object under a symbol of its own (lib/internal/dgram.js, `kStateSymbol`),
 * on every version of Node so far; its `_handle` was deprecated in Node 24 and taken away in Node 26.
 */
function datagramDescriptor(source: DatagramSocket): number {
  const key = Object.getOwnPropertySymbols(source).find(symbol => symbol.description === 'state symbol');
  const state = key && (Reflect.get(source, key) as DatagramState | undefined);
  if (state === undefined) {
    throw new DescriptorError(
      'NO_DESCRIPTOR',
      `Node ${process.version} keeps the descriptor of a dgram.Socket elsewhere`,
    );
  }
  if (state.handle === null) throw new DescriptorError('DESCRIPTOR_CLOSED', 'the socket is closed');
  const descriptor = state.handle.fd;
  if (descriptor !== undefined && descriptor >= 0) return descriptor;
  throw new DescriptorError(
    'NO_DESCRIPTOR',
    "the socket is not bound: wait for 'listening', or open it with bindUdp({ options })",
  );
}
