/**
 * MTUs that links and tunnels have, the largest first: RFC 1191 section 7.1; jumbo frames; PPPoE (RFC 2516); IP in IP, GRE,
 * VXLAN, WireGuard and IPsec over Ethernet; what mobile networks and clouds are known for.
 */
const COMMON: readonly number[] = [
  32_000, 17_914, 9000, 8166, 4352, 2002, 1500, 1492, 1480, 1472, 1460, 1450, 1440, 1420, 1400, 1358, 1280, 1006, 576,
  296,
];
/** Sizes that one round of probes is spread over; a gap that is not much wider is filled. */
const SPREAD = 8;
const FILLED = 12;

/** The common MTUs between two sizes, exclusive, the largest first. */
export function commonSizes(lower: number, upper: number): number[] {
  return COMMON.filter(size => size > lower && size < upper);
}

/** Sizes between two others, exclusive, that cut the gap into equal parts; all of them where they are few. */
export function spreadSizes(lower: number, upper: number, most = SPREAD): number[] {
  const inner = upper - lower - 1;
  if (inner <= Math.min(FILLED, most === SPREAD ? FILLED : most)) {
    return Array.from({ length: Math.max(0, inner) }, (_, index) => upper - 1 - index);
  }
  const step = (upper - lower) / (most + 1);
  return Array.from({ length: most }, (_, index) => Math.round(upper - step * (index + 1)));
}
