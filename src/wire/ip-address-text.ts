import { V4_MAPPED_PREFIX } from './address-words.js';

/** IP addresses as text, to and from four 32-bit words; an IPv4 address is 0, 0, 0xffff and its own word. */

/** RFC 4007 section 11.2: a zone is any text; it becomes an interface name, which Linux forbids these characters. */
const ZONE = /^[^\s%/:\u0000-\u001f\u007f]+$/;
const DECIMAL_OCTET = /^(?:0|[1-9]\d{0,2})$/;
const HEX_GROUP = /^[0-9a-fA-F]{1,4}$/;

/** The 32-bit word of dotted decimal; undefined for anything else, octal and short forms included. */
export function parseV4(text: string): number | undefined {
  if (text.length > '255.255.255.255'.length) return undefined;
  const octets = text.split('.');
  if (octets.length !== 4) return undefined;
  let word = 0;
  for (const octet of octets) {
    const value = Number(octet);
    if (!DECIMAL_OCTET.test(octet) || value > 255) return undefined;
    word = (word << 8) | value;
  }
  return word >>> 0;
}

/** The zone after `%`, if it may be one. */
export function isZone(text: string): boolean {
  return ZONE.test(text);
}

/** Four words of RFC 4291 section 2.2 text without a zone; undefined for anything else. */
export function parseV6(text: string): Uint32Array | undefined {
  if (text.length < 2 || text.length > 'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255'.length) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = parseGroups(halves[1] ?? '', true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return packGroups([...head, ...new Array<number>(missing).fill(0), ...tail]);
}

function parseGroups(text: string, mayEndInV4: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (HEX_GROUP.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const word = mayEndInV4 && index === parts.length - 1 ? parseV4(part) : undefined;
    if (word === undefined) return undefined;
    groups.push(word >>> 16, word & 0xffff);
  }
  return groups;
}

function packGroups(groups: readonly number[]): Uint32Array {
  const words = new Uint32Array(4);
  for (const [index, group] of groups.entries()) {
    words[index >> 1] = ((words[index >> 1] ?? 0) << 16) | group;
  }
  return words;
}

export function formatV4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`;
}

/** RFC 5952 section 4, and section 5 for IPv4-mapped addresses. */
export function formatV6(words: readonly [number, number, number, number]): string {
  if (words[0] === 0 && words[1] === 0 && words[2] === V4_MAPPED_PREFIX) return `::ffff:${formatV4(words[3])}`;
  const groups = words.flatMap(word => [word >>> 16, word & 0xffff]);
  const { start, length } = longestZeroRun(groups);
  const text = (part: number[]) => part.map(group => group.toString(16)).join(':');
  if (length < 2) return text(groups);
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  }
  return best;
}
