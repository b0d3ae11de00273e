import type { Monotonic } from '../../wire/time.js';

const FIRST_CAPACITY = 64;
const ABSENT = -1;

/**
 * When each target is to be pinged next: a binary heap over small numbers, each of which is in it once at most and knows
 * its place, so that a time can be changed.
 */
export class DueQueue {
  private heap = new Int32Array(FIRST_CAPACITY);
  private places = new Int32Array(FIRST_CAPACITY).fill(ABSENT);
  private times = new Float64Array(FIRST_CAPACITY);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The item that is due first; -1 where there is none. */
  get first(): number {
    return this.count > 0 ? this.item(0) : ABSENT;
  }

  /** When the first item is due; Infinity where there is none. */
  get firstTime(): Monotonic {
    return (this.count > 0 ? this.time(this.item(0)) : Number.POSITIVE_INFINITY) as Monotonic;
  }

  has(item: number): boolean {
    return this.place(item) !== ABSENT;
  }

  /** Puts an item in, or changes when it is due. */
  set(item: number, at: Monotonic): void {
    while (item >= this.places.length) this.grow();
    const before = this.time(item);
    this.times[item] = at;
    const place = this.place(item);
    if (place === ABSENT) this.rise(this.count++, item);
    else if (at < before) this.rise(place, item);
    else this.sink(place, item);
  }

  delete(item: number): void {
    const place = this.place(item);
    if (place === ABSENT) return;
    this.places[item] = ABSENT;
    const last = this.item(--this.count);
    if (last === item) return;
    this.rise(place, last);
    this.sink(this.place(last), last);
  }

  private item(place: number): number {
    return this.heap[place] ?? ABSENT;
  }

  private place(item: number): number {
    return this.places[item] ?? ABSENT;
  }

  private time(item: number): number {
    return this.times[item] ?? 0;
  }

  private put(place: number, item: number): void {
    this.heap[place] = item;
    this.places[item] = place;
  }

  private rise(from: number, item: number): void {
    const time = this.time(item);
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      if (this.time(this.item(parent)) <= time) break;
      this.put(place, this.item(parent));
      place = parent;
    }
    this.put(place, item);
  }

  private sink(from: number, item: number): void {
    const time = this.time(item);
    let place = from;
    for (;;) {
      const child = this.earlierChild(place);
      if (child >= this.count || this.time(this.item(child)) >= time) break;
      this.put(place, this.item(child));
      place = child;
    }
    this.put(place, item);
  }

  private earlierChild(place: number): number {
    const left = 2 * place + 1;
    const right = left + 1;
    return right < this.count && this.time(this.item(right)) < this.time(this.item(left)) ? right : left;
  }

  private grow(): void {
    const capacity = 2 * this.places.length;
    const heap = new Int32Array(capacity);
    heap.set(this.heap);
    this.heap = heap;
    const places = new Int32Array(capacity).fill(ABSENT);
    places.set(this.places);
    this.places = places;
    const times = new Float64Array(capacity);
    times.set(this.times);
    this.times = times;
  }
}
