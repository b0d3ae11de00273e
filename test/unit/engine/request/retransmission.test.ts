import { expect, test } from 'vitest';
import { Retransmission } from '../../../../src/engine/request/retransmission.js';
import type { Monotonic } from '../../../../src/wire/time.js';

const at = (milliseconds: number): Monotonic => (milliseconds * 1e6) as Monotonic;
const inMilliseconds = (time: number | undefined): number | undefined => time && time / 1e6;
const OPTIONS = { attempts: 4, initial: 1000e6, minimum: 100e6, maximum: 3000e6 };

test('timeouts double until the last attempt fails', () => {
  const retransmission = new Retransmission<string>(OPTIONS);
  retransmission.begin('q', 'peer', at(0));
  const due: (number | undefined)[] = [];
  for (;;) {
    const next = retransmission.nextTimeout();
    if (next === undefined) break;
    due.push(inMilliseconds(next));
    expect(retransmission.expire(at((inMilliseconds(next) ?? 0) - 1))).toEqual([]);
    retransmission.expire(next);
  }
  // 1 s, then 2 s, then twice the maximum of 3 s.
  expect(due).toEqual([1000, 3000, 6000, 9000]);
});

test('a request that was sent once gives a sample, one that was sent twice gives none (Karn)', () => {
  const retransmission = new Retransmission<string>(OPTIONS);
  retransmission.begin('fast', 'peer', at(0));
  expect(retransmission.answer('fast', at(200))).toBe(200e6);
  // RFC 6298 rule 2.2: SRTT + 4 * RTTVAR = 200 + 4 * 100.
  expect(retransmission.timeoutOf('peer')).toBe(600e6);
  retransmission.begin('slow', 'peer', at(1000));
  expect(retransmission.expire(at(1600))).toEqual([{ key: 'slow', action: 'retransmit' }]);
  expect(retransmission.answer('slow', at(1700))).toBeUndefined();
  // The doubled timeout stands until a sample says better.
  expect(retransmission.timeoutOf('peer')).toBe(1200e6);
});

test('requests that were lost together double the timeout once; peers do not share it', () => {
  const retransmission = new Retransmission<number>(OPTIONS);
  for (let key = 0; key < 10; key++) retransmission.begin(key, 'peer', at(0));
  expect(retransmission.expire(at(1000)).length).toBe(10);
  expect(retransmission.timeoutOf('peer')).toBe(2000e6);
  expect(retransmission.timeoutOf('another')).toBe(1000e6);
});

test('an answer nobody waits for is no sample', () => {
  const retransmission = new Retransmission<string>(OPTIONS);
  retransmission.begin('q', 'peer', at(0));
  retransmission.cancel('q');
  expect(retransmission.answer('q', at(10))).toBeUndefined();
  expect(retransmission.waiting).toBe(0);
  expect(retransmission.timeoutOf('peer')).toBe(1000e6);
});
