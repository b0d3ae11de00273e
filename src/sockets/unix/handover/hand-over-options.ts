import { requireFunction, requireNumber, requireObject } from '../../../io/argument-error.js';
import type { PeerCredentials } from '../peer-credentials.js';
import { trustsSameUser } from './trust.js';

export interface HandOverOptions {
  /** Access bits of the path. Default: 0o600. */
  mode?: number;
  /** Who may take over. Default: root, and the user that this process runs as. */
  allow?: (peer: PeerCredentials) => boolean | Promise<boolean>;
  /**
   * Something for the new process to know, as JSON, 1 MiB at most; or a function that gives it, or a promise of it, called
   * for each process that asks.
   */
  state?: unknown | (() => unknown);
  /** How long a new process has from its connection to its `ready()`, in milliseconds. Default: 300,000, five minutes. */
  readyTimeout?: number;
  /** How long accepted connections have to end after the hand-over, in milliseconds. Default: 30,000. */
  drainTimeout?: number;
  /**
   * Told what fails on this side while a new process asks, as where `allow` or `state` throws. The new process gets no offer,
   * and the offer stands for the next. Default: a process warning of type HandOverWarning.
   */
  onError?: (error: Error) => void;
}

/** Options with their defaults. */
export type HandOverSettings = Required<Omit<HandOverOptions, 'state'>> & Pick<HandOverOptions, 'state'>;

const LONGEST_MS = 2 ** 31 - 1;

/** @throws ArgumentError */
export function handOverSettings(options: HandOverOptions): HandOverSettings {
  const {
    mode = 0o600,
    allow = trustsSameUser,
    onError = warn,
    readyTimeout = 300_000,
    drainTimeout = 30_000,
  } = requireObject('options', options);
  requireNumber('readyTimeout', readyTimeout, 0, LONGEST_MS, 'ms');
  requireNumber('drainTimeout', drainTimeout, 0, LONGEST_MS, 'ms');
  requireFunction('allow', allow);
  requireFunction('onError', onError);
  return { mode, allow, onError, readyTimeout, drainTimeout, state: options.state };
}

function warn(error: Error): void {
  process.emitWarning(`a new process could not take over: ${error.message}`, {
    type: 'HandOverWarning',
    code: 'SUBSOCKET_HAND_OVER',
  });
}
