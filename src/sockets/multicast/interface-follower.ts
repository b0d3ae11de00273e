import type { LinkMessage } from '../../wire/link-message.js';
import { listLinks, watchLinks } from '../netlink/links.js';
import type { RouteWatch } from '../netlink/route-netlink.js';

/** What came of joining on an interface: `shared` where the membership was there already, and is another's to end. */
export type JoinOutcome = 'own' | 'shared' | 'none';

export interface FollowerOptions {
  /** Joins on an interface that can multicast. */
  join(interfaceIndex: number): JoinOutcome;
  /** Whether the interface listens to the group, for this socket or another. */
  listens(interfaceIndex: number): boolean;
  /** Leaves on an interface, which may be gone already. */
  leave(interfaceIndex: number): unknown;
  /** A join or leave failed, on an interface that came or went later. */
  onError(error: unknown): void;
}

/** Keeps a membership on every interface that can multicast, also on those that come later. */
export class InterfaceFollower {
  /** `none`: left there by name, which holds until the interface goes. */
  private readonly joined = new Map<number, JoinOutcome>();
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

  /** Another leaves on one interface. @returns whether the membership was shared, and goes on as this one's own. */
  takeOver(interfaceIndex: number): boolean {
    const shared = this.joined.get(interfaceIndex) === 'shared';
    if (this.joined.has(interfaceIndex)) this.joined.set(interfaceIndex, shared ? 'own' : 'none');
    return shared;
  }

  /** Leaves everywhere but where another had joined, and follows no more. */
  close(): void {
    this.stop();
    for (const [index, outcome] of this.joined) {
      if (outcome === 'own') this.attempt(() => this.options.leave(index));
    }
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
    } else if (multicast) {
      this.forgetLost(index);
      if (this.joined.has(index)) return;
      const outcome = this.options.join(index);
      if (outcome !== 'none') this.joined.set(index, outcome);
    }
  }

  /** An interface that gave up IP, for too small an MTU, knows nothing of the socket's membership when it has IP again. */
  private forgetLost(index: number): void {
    if (this.joined.get(index) !== 'own' || this.options.listens(index)) return;
    this.joined.delete(index);
    this.options.leave(index);
  }

  private attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.options.onError(error);
    }
  }
}
