import { enumeration } from './named.js';

/** Per-hop behaviours: code points of RFC 2474, 2597, 3246, 5865 and 8622, of which the TOS byte holds the upper six bits. */
const CODE_POINTS = {
  CS0: 0,
  LE: 1,
  CS1: 8,
  AF11: 10,
  AF12: 12,
  AF13: 14,
  CS2: 16,
  AF21: 18,
  AF22: 20,
  AF23: 22,
  CS3: 24,
  AF31: 26,
  AF32: 28,
  AF33: 30,
  CS4: 32,
  AF41: 34,
  AF42: 36,
  AF43: 38,
  CS5: 40,
  'VOICE-ADMIT': 44,
  EF: 46,
  CS6: 48,
  CS7: 56,
} as const;

export type DifferentiatedService = keyof typeof CODE_POINTS;

const bytes = Object.fromEntries(Object.entries(CODE_POINTS).map(([name, point]) => [name, point << 2]));

/** The TOS byte of IPv4, the traffic class of IPv6: a per-hop behaviour by name, or the whole byte with its ECN bits. */
export const typeOfService = enumeration(bytes as Record<DifferentiatedService, number>);
