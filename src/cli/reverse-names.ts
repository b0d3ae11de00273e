import type { Resolver } from 'node:dns/promises';

/** So many addresses are remembered; a run of one target meets a handful. */
const REMEMBERED = 1000;

/**
 * Names of addresses, looked up beside a run that never waits for them: an address has its name as soon as it is known.
 */
export class ReverseNames implements Disposable {
  private readonly names = new Map<string, string | undefined>();
  private resolver: Promise<Resolver> | undefined;
  private closed = false;

  /** What is known now; the first question about an address starts its look-up. */
  nameOf(address: string): string | undefined {
    if (!this.names.has(address) && this.names.size < REMEMBERED) {
      this.names.set(address, undefined);
      void this.lookUp(address);
    }
    return this.names.get(address);
  }

  private async lookUp(address: string): Promise<void> {
    try {
      this.resolver ??= import('node:dns/promises').then(({ Resolver }) => new Resolver());
      const resolver = await this.resolver;
      if (this.closed) return;
      const [name] = await resolver.reverse(address.replace(/%.*$/, ''));
      this.names.set(address, name);
    } catch {
      // An address without a name is shown as it is.
    }
  }

  /** Gives up what is still being looked up, so that the process can end. */
  [Symbol.dispose](): void {
    this.closed = true;
    void this.resolver?.then(resolver => resolver.cancel());
  }
}
