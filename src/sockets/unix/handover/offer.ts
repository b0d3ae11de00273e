import { ArgumentError } from '../../../io/argument-error.js';
import { LINUX } from '../../../wire/constants.generated.js';
import { socketKind } from '../descriptor-kind.js';
import { boundAddress, showAddress } from '../named-listener.js';
import { HandOverError } from './hand-over-error.js';
import { type Line, LONGEST_LINE, lineOf } from './line-exchange.js';

/** Name and version of the protocol, as docs/zero-downtime.md describes it. */
export const PROTOCOL = 'subsocket-hand-over';
export const VERSION = 1;

/** What the first line tells about one socket, for people and for other programs; the socket itself is what counts. */
export interface OfferedListener {
  name: string;
  /** `stream`, `dgram` or `seqpacket`. */
  type: string;
  /** As `127.0.0.1:80`, `[::]:443`, `/run/app.sock`, `@abstract`. */
  address: string;
}

/** The first line. */
export interface Offer {
  protocol: typeof PROTOCOL;
  version: number;
  listeners: OfferedListener[];
  /** Whatever the old process wants the new one to know, as JSON. */
  state?: unknown;
}

const TYPE_NAMES: Readonly<Record<number, string>> = {
  [LINUX.SOCK_STREAM]: 'stream',
  [LINUX.SOCK_DGRAM]: 'dgram',
  [LINUX.SOCK_SEQPACKET]: 'seqpacket',
};

/** What is told about the socket `descriptor`. */
export function describeListener(listenerName: string, descriptor: number): OfferedListener {
  const type = TYPE_NAMES[socketKind(descriptor)?.type ?? -1] ?? 'unknown';
  return { name: listenerName, type, address: showAddress(boundAddress(descriptor)) };
}

/**
 * The line of an offer.
 * @throws ArgumentError where JSON cannot say `state`, or it is too long.
 */
export function offerLine(listeners: OfferedListener[], state: unknown): string {
  const offer: Offer = { protocol: PROTOCOL, version: VERSION, listeners, state };
  const line = jsonLine(offer);
  const bytes = Buffer.byteLength(line);
  if (bytes <= LONGEST_LINE) return line;
  throw new ArgumentError('state', bytes, `at most ${LONGEST_LINE} bytes as JSON, with the names of the servers`);
}

function jsonLine(offer: Offer): string {
  try {
    return lineOf(offer);
  } catch (error) {
    throw new ArgumentError('state', offer.state, `what JSON can say (${(error as Error).message})`);
  }
}

/** What is told instead of an offer where none can be made. */
export function withoutOffer(reason: unknown): object {
  const error = reason instanceof Error ? reason.message : String(reason);
  return { protocol: PROTOCOL, version: VERSION, error: error.slice(0, LONGEST_REASON) };
}

/** Characters. */
const LONGEST_REASON = 1000;

/**
 * The offer in a line.
 * @throws HandOverError 'PROTOCOL' where it is of another protocol or version, or its descriptors do not match its names;
 * 'NO_OFFER' where it says that there is none.
 */
export function readOffer({ value, descriptors }: Line): Offer {
  const { protocol, version, listeners, state, error } = value;
  if (protocol !== PROTOCOL) throw new HandOverError('PROTOCOL', `the peer speaks ${JSON.stringify(protocol)}`);
  if (version !== VERSION) throw new HandOverError('PROTOCOL', `the peer speaks version ${version}, not ${VERSION}`);
  if (typeof error === 'string') {
    throw new HandOverError('NO_OFFER', `the old process failed to make its offer: ${error}`);
  }
  if (!Array.isArray(listeners) || !listeners.every(isListener)) {
    throw new HandOverError('PROTOCOL', 'the peer named no listeners');
  }
  if (listeners.length !== descriptors.length) {
    throw new HandOverError('PROTOCOL', `the peer named ${listeners.length} sockets and sent ${descriptors.length}`);
  }
  return { protocol, version, listeners, state };
}

function isListener(value: unknown): value is OfferedListener {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}
