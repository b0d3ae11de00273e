/**
 * Two clocks that must never be mixed. Both count nanoseconds as a double from an origin a few seconds before
 * the addon was loaded, because nanoseconds since 1970 do not fit a double's 53 bits. The simulated network starts both at 0.
 */

declare const clock: unique symbol;

/** Nanoseconds of CLOCK_MONOTONIC since the origin: deadlines, pacing, and stamps taken in user space. */
export type Monotonic = number & { readonly [clock]: 'monotonic' };

/** Nanoseconds of CLOCK_REALTIME since the origin: the clock of the kernel's packet stamps. It may be stepped. */
export type Realtime = number & { readonly [clock]: 'realtime' };

/** A span in nanoseconds. */
export type Nanoseconds = number;

export const NANOSECONDS_PER_MILLISECOND = 1e6;
export const NANOSECONDS_PER_SECOND = 1e9;

/** The moment `span` nanoseconds after `from`, on the same clock. */
export function after<Clock extends Monotonic | Realtime>(from: Clock, span: Nanoseconds): Clock {
  return (from + span) as Clock;
}
