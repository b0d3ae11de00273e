import type { MtuAnomaly, MtuAnomalyKind } from './mtu-event.js';

/** More senders of nonsense than this are not told apart: a flood of forged reports must not fill our memory. */
const MOST = 100;

/** What was odd, by kind and sender, counted. */
export class AnomalyList {
  private readonly byKey = new Map<string, MtuAnomaly>();

  add(kind: MtuAnomalyKind, from: string | null, reported: number | null): void {
    const key = `${kind} ${from} ${reported}`;
    const known = this.byKey.get(key);
    if (known !== undefined) known.count++;
    else if (this.byKey.size < MOST) this.byKey.set(key, { kind, from, reported, count: 1 });
  }

  get all(): MtuAnomaly[] {
    return [...this.byKey.values()];
  }
}
