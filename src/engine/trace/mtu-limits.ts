import type { Family } from '../../wire/ip-address.js';

/** RFC 791 and RFC 8200: every link takes so much. */
const LEAST: Readonly<Record<Family, number>> = { 4: 68, 6: 1280 };
/** RFC 1191 section 7.1, for routers that do not tell the MTU. */
const PLATEAUS: readonly number[] = [65_535, 32_000, 17_914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68];

/** Sizes that pass, by hop: what reports of packets that were too big have shown. */
export class MtuLimits {
  /** From this hop limit on packets may be no larger; by rising hop limit, sizes falling. */
  private readonly limits: { ttl: number; mtu: number }[] = [];

  constructor(
    private readonly family: Family,
    private readonly first: number,
  ) {}

  /** Largest packet that may be sent with this hop limit. */
  sizeAt(ttl: number): number {
    return this.limits.reduce((size, limit) => (limit.ttl <= ttl ? Math.min(size, limit.mtu) : size), this.first);
  }

  /** The size that the hop is the first to need; undefined where it takes what the hop before took. */
  fallAt(ttl: number, firstTtl: number): number | undefined {
    const size = this.sizeAt(ttl);
    return ttl === firstTtl || size < this.sizeAt(ttl - 1) ? size : undefined;
  }

  /**
   * A probe of `size` bytes did not fit.
   * @returns false where the report is absurd: it would have had to fit, or no packet would.
   */
  report(ttl: number, size: number, reported: number): boolean {
    const mtu = reported === 0 ? (PLATEAUS.find(plateau => plateau < size) ?? 0) : reported;
    if (mtu >= size || mtu < LEAST[this.family]) return false;
    const known = this.limits.find(limit => limit.mtu === mtu);
    if (known !== undefined) known.ttl = Math.min(known.ttl, ttl);
    else this.limits.push({ ttl, mtu });
    return true;
  }
}
