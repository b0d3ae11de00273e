import { expect, it } from 'vitest';
import { native } from '../../../src/io/native.js';
import { LINUX } from '../../../src/wire/constants.generated.js';

it("tells an interface's name and index", () => {
  const index = native().interfaceIndex('lo');
  expect(index).toBeGreaterThan(0);
  expect(native().interfaceName(index)).toBe('lo');
});

it('tells that there is no such interface', () => {
  expect(native().interfaceIndex('no-such-if')).toBe(-LINUX.ENODEV);
  expect(native().interfaceName(0x7fffffff)).toBeUndefined();
});

it('tells an errno in words', () => {
  expect(native().errnoMessage(LINUX.EPERM)).toBe('Operation not permitted');
});

it('has random bytes', () => {
  const [first, second] = [new Uint8Array(256), new Uint8Array(256)];
  expect([native().randomBytes(first), native().randomBytes(second)]).toEqual([256, 256]);
  expect(new Set(first).size).toBeGreaterThan(100);
  expect(first).not.toEqual(second);
});

it('has a monotonic clock that does not run backwards', () => {
  let last = native().monotonicNow();
  for (let reading = 0; reading < 1000; reading++) {
    const now = native().monotonicNow();
    expect(now).toBeGreaterThanOrEqual(last);
    last = now;
  }
});

it('has a real-time clock that agrees with Date', () => {
  const before = Date.now();
  const now = native().realtimeOrigin + native().realtimeNow() / 1e6;
  // Date.now() is the clock rounded down to a millisecond.
  expect(now).toBeGreaterThanOrEqual(before - 1);
  expect(now).toBeLessThanOrEqual(Date.now() + 1);
});

it('tells the difference of its clocks as of one moment', () => {
  const { clockOffset, monotonicNow, realtimeNow } = native();
  const earliest = realtimeNow() - monotonicNow();
  const latest = -(monotonicNow() - realtimeNow());
  expect(clockOffset()).toBeGreaterThanOrEqual(Math.min(earliest, latest) - 1e6);
  expect(clockOffset()).toBeLessThanOrEqual(Math.max(earliest, latest) + 1e6);
});
