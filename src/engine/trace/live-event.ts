import type { TraceExtension, TraceProtocol } from './trace-event.js';

/** What a live trace tells: its hops after every round, and at the end. `--json` prints these objects as they are. */
export type LiveEvent = LiveRound | LiveResult;

export interface LiveRound {
  type: 'round';
  target: string;
  /** From 1. */
  round: number;
  hops: LiveHop[];
}

/** One hop so far. Times are milliseconds, `loss` is 0 to 1; times are null where nothing came back. */
export interface LiveHop {
  ttl: number;
  /** Who answered, the most frequent first. */
  addresses: { address: string; name?: string; as?: number[]; answers: number }[];
  sent: number;
  received: number;
  /** Given up: what is still waited for is neither received nor lost. */
  lost: number;
  /** Probes that this host refused to send: neither sent nor lost. Absent where there are none. */
  refused?: number;
  loss: number;
  last: number | null;
  mean: number | null;
  best: number | null;
  worst: number | null;
  stddev: number | null;
  /** Mean absolute difference of successive times. */
  jitter: number | null;
  /** The latest probes, oldest first: a time, null for a lost one. */
  history: (number | null)[];
  extensions?: TraceExtension[];
  /** The last error that was no plain answer. */
  error?: string;
  /** What its loss means; absent where there is none to speak of. */
  reading?: HopReading;
}

/**
 * - unwilling: the router answers only a part of what it gets; hops behind it lose less, so the packets pass.
 * - silent: it answers nothing, and hops behind it do.
 * - path: packets are lost on the way here, or from here on.
 */
export type HopReading = 'unwilling' | 'silent' | 'path';

/** Loss of the path: what all hops from one on share. */
export interface PathLoss {
  /** The first hop that shares it. */
  ttl: number;
  address: string | null;
  /** 0 to 1. */
  loss: number;
}

export interface LiveResult {
  type: 'result';
  target: string;
  address: string;
  protocol: TraceProtocol;
  port?: number;
  reached: boolean;
  rounds: number;
  hops: LiveHop[];
  /** Where loss begins, and where it grows; empty where the path loses nothing. */
  pathLoss: PathLoss[];
  /** The errno's name where this host refused to send every one of the probes. */
  code?: string;
  elapsed: number;
}
