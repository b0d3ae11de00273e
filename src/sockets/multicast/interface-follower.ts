import type { LinkMessage } from '../../wire/link-message.js';
import { listLinks, watchLinks } from '../netlink/links.js';
import type { RouteWatch } from '../netlink/route-netlink.js';

export interface FollowerOptions {
  /** Joins on an interface that can multicast. @returns whether it is joined now. */
  join(interfaceIndex: number): boolean;
  /** Leaves on an interface, which may be gone already. */
  leave(interfaceIndex: number): unknown;
  /** A join or leave failed, on an interface that came or went later. */
  onError(error: unknown): void;
}

/** Keeps a membership on every interface that can multicast, also on those that come later. */
export class InterfaceFollower {
  private readonly joined = new Set<number>();
  private watch: RouteWatch | undefined;

  /** @throws what `join` throws for the interfaces that are there; nothing stays joined then. */
  constructor(private readonly options: FollowerOptions) {
    // Watching begins before the list is read, so that no interface falls in between.
    this.watch = watchLinks(link => this.attempt(() => this.follow(link)));
    try {
      for (const link of listLinks()) this.follow(link);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Interfaces on which the membership is now, by index. */
  get interfaces(): number[] {
    return [...this.joined];
  }

  /** Leaves everywhere, and follows no more. */
  close(): void {
    this.stop();
    for (const index of this.joined) this.attempt(() => this.options.leave(index));
    this.joined.clear();
  }

  /** Follows no more: the socket is closed, and its memberships with it. */
  stop(): void {
    this.watch?.close();
    this.watch = undefined;
  }

  private follow({ index, gone, multicast }: LinkMessage): void {
    if (gone) {
      // The kernel keeps the socket's membership of an interface that is gone, and counts it against the limit.
      if (this.joined.delete(index)) this.options.leave(index);
    } else if (multicast && !this.joined.has(index)) {
      if (this.options.join(index)) this.joined.add(index);
    }
  }

  private attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.options.onError(error);
    }
  }
}
