import type { Monotonic, Realtime } from '../../../src/wire/time.js';

interface Happening {
  at: number;
  order: number;
  action: () => void;
}

/** Time that passes only when told to: what is planned happens in order of time, and in order of planning at one time. */
export class VirtualTime {
  private readonly heap: Happening[] = [];
  private planned = 0;
  private wallClockOffset = 0;
  private current = 0;

  get now(): Monotonic {
    return this.current as Monotonic;
  }

  /** The wall clock: CLOCK_REALTIME, which may be stepped. */
  get realtime(): Realtime {
    return (this.current + this.wallClockOffset) as Realtime;
  }

  stepWallClock(by: number): void {
    this.wallClockOffset += by;
  }

  /** When the next planned thing happens; undefined where nothing is planned. */
  get nextAt(): Monotonic | undefined {
    return this.heap[0]?.at as Monotonic | undefined;
  }

  /** @param delay nanoseconds from now */
  after(delay: number, action: () => void): void {
    const happening = { at: this.current + Math.max(0, delay), order: this.planned++, action };
    let place = this.heap.push(happening) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!precedes(happening, this.heap[parent])) break;
      this.swap(place, parent);
      place = parent;
    }
  }

  /** Lets everything happen up to `time`, which is then now. */
  advanceTo(time: number): void {
    for (let next = this.heap[0]; next !== undefined && next.at <= time; next = this.heap[0]) {
      this.removeFirst();
      this.current = next.at;
      next.action();
    }
    this.current = Math.max(this.current, time);
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const child = precedes(this.heap[left + 1], this.heap[left]) ? left + 1 : left;
      if (!precedes(this.heap[child], this.heap[place])) return;
      this.swap(place, child);
      place = child;
    }
  }

  private swap(one: number, other: number): void {
    const a = this.heap[one];
    const b = this.heap[other];
    if (a === undefined || b === undefined) return;
    this.heap[one] = b;
    this.heap[other] = a;
  }
}

function precedes(one: Happening | undefined, other: Happening | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
