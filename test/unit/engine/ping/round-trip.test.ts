import { describe, expect, it } from 'vitest';
import { InFlightTable } from '../../../../src/engine/ping/in-flight-table.js';
import { RoundTrip } from '../../../../src/engine/ping/round-trip.js';
import type { Monotonic, Realtime } from '../../../../src/wire/time.js';
import { type ArrivalFacts, arrivalOf } from '../../../support/engine/packets.js';

const SENT = 1_000_000_000;
const STAMP = 5_000_000_000_000;

function measure(facts: ArrivalFacts, stamp: number | undefined = STAMP): { rtt: number; clock: string } {
  const table = new InFlightTable(1e9);
  const probe = table.add(0, 1, 1);
  table.setSent(probe, SENT as Monotonic);
  if (stamp !== undefined) table.setSendStamp(probe, stamp as Realtime, 0);
  const trip = new RoundTrip();
  trip.measure(table, probe, arrivalOf(new Uint8Array(8), facts));
  return { rtt: trip.rtt, clock: trip.clock };
}

describe('RoundTrip', () => {
  it('is the receive stamp less the transmit stamp', () => {
    expect(measure({ stamp: STAMP + 20_000_000, taken: SENT + 90_000_000 })).toEqual({
      rtt: 20_000_000,
      clock: 'kernel',
    });
  });

  it('allows for a wall clock that is being slewed', () => {
    expect(measure({ stamp: STAMP + 20_010_000, taken: SENT + 20_000_000 }).clock).toBe('kernel');
  });

  const fallback = { rtt: 30_000_000, clock: 'user' };

  it('falls back to the monotonic clock without a receive stamp', () => {
    expect(measure({ taken: SENT + 30_000_000 })).toEqual(fallback);
  });

  it('falls back without a transmit stamp', () => {
    expect(measure({ stamp: STAMP, taken: SENT + 30_000_000 }, Number.NaN)).toEqual(fallback);
  });

  it('falls back when the wall clock was stepped in between', () => {
    const facts = { stamp: STAMP + 20_000_000, taken: SENT + 30_000_000, clockEpoch: 1 };
    expect(measure(facts)).toEqual(fallback);
  });

  it('falls back when stamps say less than nothing, or more than user space saw', () => {
    expect(measure({ stamp: STAMP - 1, taken: SENT + 30_000_000 })).toEqual(fallback);
    expect(measure({ stamp: STAMP + 40_000_000, taken: SENT + 30_000_000 })).toEqual(fallback);
  });

  it('is never negative', () => {
    expect(measure({ taken: SENT - 5 })).toEqual({ rtt: 0, clock: 'user' });
  });
});
