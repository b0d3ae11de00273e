/** Missing numbers remembered, to tell a late datagram from a second one. */
const MOST_MISSING = 4096;

/** What the number of a datagram says of those before it. */
export type SequenceVerdict =
  | { kind: 'first' | 'next' | 'late' | 'duplicate' }
  | { kind: 'gap'; missing: number; from: number }
  | { kind: 'restart' };

/** Follows the numbers of one sender: what is missing, what comes late, what comes twice. */
export class SequenceTracker {
  /** Datagrams that have not come, though later ones have. */
  lost = 0;
  /** Datagrams that came behind later ones. */
  reordered = 0;
  duplicates = 0;
  private stream = -1;
  private expected = 0;
  private readonly missing = new Set<number>();

  take(stream: number, sequence: number): SequenceVerdict {
    if (stream !== this.stream) return this.begin(stream, sequence);
    if (sequence === this.expected) {
      this.expected++;
      return { kind: 'next' };
    }
    return sequence > this.expected ? this.skip(sequence) : this.lookBack(sequence);
  }

  private begin(stream: number, sequence: number): SequenceVerdict {
    const restarted = this.stream !== -1;
    this.stream = stream;
    this.expected = sequence + 1;
    this.missing.clear();
    return { kind: restarted ? 'restart' : 'first' };
  }

  private skip(sequence: number): SequenceVerdict {
    const from = this.expected;
    const missing = sequence - from;
    this.lost += missing;
    this.expected = sequence + 1;
    for (let number = Math.max(from, sequence - MOST_MISSING); number < sequence; number++) this.missing.add(number);
    for (const oldest of this.missing) {
      if (this.missing.size <= MOST_MISSING) break;
      this.missing.delete(oldest);
    }
    return { kind: 'gap', missing, from };
  }

  private lookBack(sequence: number): SequenceVerdict {
    if (!this.missing.delete(sequence)) {
      this.duplicates++;
      return { kind: 'duplicate' };
    }
    this.lost--;
    this.reordered++;
    return { kind: 'late' };
  }
}
