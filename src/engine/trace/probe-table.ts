import type { Probe } from './probe.js';

/** Tokens are 16 bits; as a UDP checksum 0 means "none" (RFC 768) and 0xffff is its twin in ones' complement. */
export const LAST_TOKEN = 0xfffe;

/**
 * The probes of the last 65,534 tokens, found by the token in a quote. Tokens are given in turn, so that a late answer is
 * still known when its probe was given up long ago; a token whose probe is still waited for is passed over.
 */
export class ProbeTable {
  private readonly probes: (Probe | undefined)[] = [];
  private last = 0;
  private waiting = 0;

  /** @param start the first token: random, so that two runs one after the other do not use the same ones. */
  constructor(start = 1) {
    this.last = start - 1;
  }

  /** Whether another probe can be sent without forgetting one that is waited for. */
  get full(): boolean {
    return this.waiting >= LAST_TOKEN / 2;
  }

  /** Gives the probe its token. */
  add(probe: Probe): void {
    do {
      this.last = (this.last % LAST_TOKEN) + 1;
    } while (isWaited(this.probes[this.last]));
    probe.token = this.last;
    this.probes[this.last] = probe;
    this.waiting++;
  }

  /** The probe is not waited for any more: its token may be given again when its turn comes. */
  release(): void {
    this.waiting--;
  }

  find(token: number): Probe | undefined {
    return this.probes[token];
  }
}

function isWaited(probe: Probe | undefined): boolean {
  return probe !== undefined && (probe.state === 'queued' || probe.state === 'sent');
}
