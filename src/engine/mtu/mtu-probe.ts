import type { Monotonic, Nanoseconds } from '../../wire/time.js';

/** A packet that the search wants sent. */
export interface MtuRequest {
  size: number;
  /** Name of its carrier. */
  carrier: string;
  /** 0: to the target. */
  hopLimit: number;
  /** The search goes on without waiting for what becomes of it. */
  optional: boolean;
}

/**
 * What became of a probe.
 * - fits: the target got it.
 * - too-big: somebody reported that it does not fit; `mtu` is what they gave.
 * - expired: its hop limit ended at `from`.
 * - refused: somebody said that it will not get there, whatever its size.
 * - local: this host does not send packets of its size that way.
 * - failed: this host does not send it, for another reason.
 * - lost: nothing came back.
 */
export type MtuOutcome =
  | { kind: 'fits'; from: string; rtt: Nanoseconds; replyHopLimit: number; offeredMss?: number }
  | { kind: 'expired'; from: string; rtt: Nanoseconds; replyHopLimit: number }
  | MtuRefusal
  | {
      kind: 'too-big';
      from: string;
      mtu: number;
      rtt: Nanoseconds;
      replyHopLimit: number;
      /** Hop limit that the quoted packet had left; -1 where it is not known. */
      quotedHopLimit: number;
    }
  | { kind: 'local' }
  | { kind: 'failed'; error: string }
  | { kind: 'lost' };

/** Somebody other than the target turned a probe away, and `error` says why, in a word. */
export interface MtuRefusal {
  kind: 'refused';
  from: string;
  error: string;
  rtt: Nanoseconds;
  replyHopLimit: number;
}

/** A probe on its way, or at its end. */
export interface MtuProbe extends MtuRequest {
  /** NaN until it was sent. */
  sentAt: Monotonic;
  /** It was turned away, as somebody said: the target may have got it all the same, so its answer is still waited for. */
  refusal?: MtuRefusal;
  /** So often it was put back because this host had failed to send it. */
  resends: number;
  outcome: MtuOutcome | undefined;
}

/** What is sent together, and waited for together. */
export interface Round {
  probes: MtuProbe[];
  /** Time that passes before the first is sent. */
  pause: Nanoseconds;
}

/** A part of the search: it yields rounds, and goes on when their outcomes are known. */
export type Steps<Result> = Generator<Round, Result, void>;

/** Sends these, and waits until all that are not optional have their outcomes. */
export function* sendRound(requests: readonly MtuRequest[], pause: Nanoseconds = 0): Steps<MtuProbe[]> {
  const probes = requests.map(request => ({
    ...request,
    sentAt: Number.NaN as Monotonic,
    resends: 0,
    outcome: undefined as MtuOutcome | undefined,
  }));
  yield { probes, pause };
  return probes;
}
