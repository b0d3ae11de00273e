import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DueQueue } from '../../../../src/engine/ping/due-queue.js';
import type { Monotonic } from '../../../../src/wire/time.js';

const at = (time: number) => time as Monotonic;

describe('DueQueue', () => {
  it('is empty at first', () => {
    const queue = new DueQueue();
    expect([queue.first, queue.firstTime, queue.size, queue.has(3)]).toEqual([-1, Number.POSITIVE_INFINITY, 0, false]);
  });

  it('moves an item whose time changes, either way', () => {
    const queue = new DueQueue();
    for (const item of [0, 1, 2, 3]) queue.set(item, at(10 * item));
    queue.set(0, at(25));
    expect(queue.first).toBe(1);
    queue.set(3, at(5));
    expect([queue.first, queue.firstTime, queue.size]).toEqual([3, 5, 4]);
  });

  it('does what a sorted list does', () => {
    const operation = fc.record({
      item: fc.integer({ min: 0, max: 150 }),
      time: fc.integer({ min: 0, max: 50 }),
      action: fc.constantFrom('set', 'set', 'set', 'delete', 'shift'),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 300 }), operations => {
        const queue = new DueQueue();
        const model = new Map<number, number>();
        for (const { item, time, action } of operations) {
          const removed = action === 'shift' ? queue.first : item;
          if (action === 'set') {
            queue.set(item, at(time));
            model.set(item, time);
          } else {
            queue.delete(removed);
            model.delete(removed);
          }
          expect(queue.size).toBe(model.size);
          expect(queue.firstTime).toBe(Math.min(...model.values()));
          if (model.size > 0) expect(model.get(queue.first)).toBe(queue.firstTime);
          expect(queue.has(item)).toBe(model.has(item));
        }
      }),
    );
  });
});
