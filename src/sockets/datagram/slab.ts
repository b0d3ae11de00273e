import type { AddressCache } from './address-cache.js';

/** Bytes of a slab: keeping one small datagram keeps no more memory than this alive. */
const SLAB_BYTES = 64 * 1024;

/** Memory into which received datagrams are packed, and which is never written again. */
export class Slab {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly words: Uint32Array;
  readonly numbers: Float64Array;
  private used = 0;

  constructor(
    size: number,
    readonly addresses: AddressCache,
  ) {
    this.bytes = Buffer.allocUnsafeSlow(Math.ceil(size / 8) * 8);
    this.words = new Uint32Array(this.bytes.buffer);
    this.numbers = new Float64Array(this.bytes.buffer);
  }

  /** Takes `size` bytes. @returns where they start; -1 where the slab has not so many left. */
  take(size: number): number {
    const start = this.used;
    if (start + size > this.bytes.length) return -1;
    this.used += size;
    return start;
  }
}

/** Gives slabs: small batches share them, a large one has its own. */
export class SlabSource {
  private current: Slab;

  constructor(private readonly addresses: AddressCache) {
    this.current = new Slab(0, addresses);
  }

  /** A slab with room for `size` bytes, and where in it they start. */
  take(size: number): { slab: Slab; start: number } {
    const start = this.current.take(size);
    if (start >= 0) return { slab: this.current, start };
    const slab = this.create(Math.max(size, SLAB_BYTES));
    if (size < SLAB_BYTES) this.current = slab;
    return { slab, start: slab.take(size) };
  }

  create(size: number): Slab {
    return new Slab(size, this.addresses);
  }

  /** Whether what takes so many bytes shares its memory with nothing else. */
  isLarge(size: number): boolean {
    return size > SLAB_BYTES;
  }
}
