import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SenderLedger } from '../../../../src/engine/multicast/sender-ledger.js';
import { SequenceTracker } from '../../../../src/engine/multicast/sequence-tracker.js';
import { readNumberedDatagram, writeNumberedDatagram } from '../../../../src/wire/numbered-datagram.js';
import type { Monotonic } from '../../../../src/wire/time.js';

const at = (milliseconds: number): Monotonic => (milliseconds * 1e6) as Monotonic;

function numbered(stream: number, sequence: number): Uint8Array {
  const payload = new Uint8Array(16);
  writeNumberedDatagram(payload, { stream, sequence });
  return payload;
}

test('a number is read as it was written, and nothing else is a number', () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 32 - 1 }), fc.maxSafeNat(), (stream, sequence) => {
      expect(readNumberedDatagram(numbered(stream, sequence))).toEqual({ stream, sequence });
    }),
  );
  expect(readNumberedDatagram(new Uint8Array(100))).toBeUndefined();
  expect(readNumberedDatagram(numbered(1, 2).subarray(0, 15))).toBeUndefined();
});

test('gaps, late and repeated datagrams are told apart', () => {
  const tracker = new SequenceTracker();
  const kinds = [10, 11, 14, 12, 12, 15].map(sequence => tracker.take(1, sequence).kind);
  expect(kinds).toEqual(['first', 'next', 'gap', 'late', 'duplicate', 'next']);
  expect(tracker).toMatchObject({ lost: 1, reordered: 1, duplicates: 1 });
  expect(tracker.take(2, 0)).toEqual({ kind: 'restart' });
});

test('whatever the order, what is lost is what did not come', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 500 }), { minLength: 1 }), sequences => {
      const tracker = new SequenceTracker();
      tracker.take(7, 0);
      for (const sequence of sequences) tracker.take(7, sequence + 1);
      expect(tracker.lost).toBe(Math.max(...sequences) + 1 - sequences.length);
      expect(tracker.duplicates).toBe(0);
    }),
  );
});

test('a jump as wide as a number can be costs no time and no memory', () => {
  const tracker = new SequenceTracker();
  tracker.take(1, 0);
  tracker.take(1, Number.MAX_SAFE_INTEGER - 1);
  expect(tracker.lost).toBe(Number.MAX_SAFE_INTEGER - 2);
});

test('rates are counted since the last report, and hop limits as a range', () => {
  const ledger = new SenderLedger(at(0));
  const entry = (hopLimit: number | undefined) => ({
    address: '192.0.2.1',
    port: 5,
    length: 100,
    payload: new Uint8Array(100),
    hopLimit,
  });
  for (let index = 0; index < 11; index++) ledger.enter(entry(60 + (index % 3)), at(index * 100));
  const [first] = ledger.report(at(1000));
  expect(first).toMatchObject({ received: 11, rate: 11, byteRate: 1100, hopLimit: { min: 60, max: 62 }, lost: null });
  expect(ledger.report(at(2000))[0]).toMatchObject({ received: 11, rate: 0 });
  expect(ledger.summary()[0]).toMatchObject({ received: 11, rate: 10 });
});

test('the rate of a sender who has just come is that of the whole time between two reports', () => {
  const ledger = new SenderLedger(at(0));
  ledger.report(at(1000));
  const payload = new Uint8Array(100);
  ledger.enter({ address: '192.0.2.1', port: 5, length: 100, payload, hopLimit: 1 }, at(1997));
  expect(ledger.report(at(2000))[0]).toMatchObject({ received: 1, rate: 1, byteRate: 100 });
});

test('rates of the summary count what came in the time between the first datagram and the last', () => {
  const ledger = new SenderLedger(at(0));
  for (const [index, length] of [1000, 100, 300].entries()) {
    const payload = new Uint8Array(length);
    ledger.enter({ address: '192.0.2.1', port: 5, length, payload, hopLimit: 1 }, at(index * 1000));
  }
  expect(ledger.summary()[0]).toMatchObject({ received: 3, bytes: 1400, rate: 1, byteRate: 200 });
});

test('forged sources beyond measure are not kept', () => {
  const ledger = new SenderLedger(at(0));
  const enter = (port: number) =>
    ledger.enter({ address: 'x', port, length: 0, payload: new Uint8Array(0), hopLimit: undefined }, at(0));
  for (let port = 0; port < 10_000; port++) expect(enter(port)?.isNew).toBe(true);
  expect(enter(10_000)).toBeUndefined();
  expect(enter(5)?.isNew).toBe(false);
});
