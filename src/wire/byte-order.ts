/**
 * Integers in flat memory. Network order is big endian; the host's is little endian on every platform that this
 * package runs on (x64, arm64). Nothing here allocates or checks: callers have checked the length of the structure.
 */

export function uint8(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

export function uint16(bytes: Uint8Array, at: number): number {
  return (uint8(bytes, at) << 8) | uint8(bytes, at + 1);
}

export function uint32(bytes: Uint8Array, at: number): number {
  return ((uint16(bytes, at) << 16) | uint16(bytes, at + 2)) >>> 0;
}

export function setUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

export function setUint32(bytes: Uint8Array, at: number, value: number): void {
  setUint16(bytes, at, value >>> 16);
  setUint16(bytes, at + 2, value);
}

export function hostUint16(bytes: Uint8Array, at: number): number {
  return uint8(bytes, at) | (uint8(bytes, at + 1) << 8);
}

export function hostUint32(bytes: Uint8Array, at: number): number {
  return (hostUint16(bytes, at) | (hostUint16(bytes, at + 2) << 16)) >>> 0;
}

export function setHostUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
}

export function setHostUint32(bytes: Uint8Array, at: number, value: number): void {
  setHostUint16(bytes, at, value);
  setHostUint16(bytes, at + 2, value >>> 16);
}
