import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { Outbox } from './outbox.js';
import type { Outgoing } from './outgoing.js';
import { Readiness } from './readiness.js';

/** The outbox of one receiver, and what it waits for. */
interface Lane {
  readonly outbox: Outbox;
  readonly name: Uint8Array | null;
  /** Readable-or-not of the receiver's queue, seen through a socket of its own. */
  watch: { readiness: Readiness; descriptor: number } | undefined;
}

/** The lane of the connected peer. */
const CONNECTED = '';

/**
 * Sends messages to receivers, each in its own order, so that one who does not read holds up nobody else.
 *
 * EAGAIN can mean that the own send buffer is full, or that the receiver's queue is (unix(7), net.unix.max_dgram_qlen). The
 * own socket's readiness tells of the former, and of a connected receiver's queue; but of no other's. So where the own
 * socket is ready and EAGAIN comes again, a socket is connected to the receiver only to be watched: it becomes writable when
 * the receiver has read (net/unix/af_unix.c, unix_dgram_poll).
 */
export class Dispatcher {
  readonly #descriptor: number;
  readonly #wantWritable: (wanted: boolean) => void;
  readonly #lanes = new Map<string, Lane>();
  readonly #waitingForBuffer = new Set<Lane>();
  readonly #watchers: (() => void)[] = [];

  constructor(descriptor: number, wantWritable: (wanted: boolean) => void) {
    this.#descriptor = descriptor;
    this.#wantWritable = wantWritable;
  }

  /** Sends a message at once, or in its turn. */
  send(outgoing: Outgoing): void {
    const key = keyOf(outgoing.name);
    const waiting = this.#lanes.get(key);
    if (waiting !== undefined) {
      waiting.outbox.add(outgoing);
      return;
    }
    const result = outgoing.send(this.#descriptor);
    if (result === -LINUX.EAGAIN) this.#postpone(key, outgoing);
    else outgoing.settle(result);
  }

  /** True while no message waits. */
  get isIdle(): boolean {
    return this.#lanes.size === 0;
  }

  /** True where messages to this receiver wait already. */
  isWaitingFor(name: Uint8Array | null): boolean {
    return this.#lanes.size > 0 && this.#lanes.has(keyOf(name));
  }

  /** Resolves once nobody waits to send to the connected peer, and there is room; or the socket is closed. */
  roomOnce(): Promise<void> {
    this.#wantWritable(true);
    return new Promise(resolve => this.#watchers.push(resolve));
  }

  /** The own socket has room. */
  writable(): void {
    const lanes = [...this.#waitingForBuffer];
    this.#waitingForBuffer.clear();
    for (const lane of lanes) this.#retry(lane, lane.name === null ? 'buffer' : 'receiver');
    if (!this.isWaitingFor(null)) this.#wake();
    this.#wantWritable(this.#waitingForBuffer.size > 0 || this.#watchers.length > 0);
  }

  /** Nothing is sent any more; what waits fails with `errno`. */
  close(errno: number): void {
    for (const lane of this.#lanes.values()) {
      unwatch(lane);
      lane.outbox.fail(errno);
    }
    this.#lanes.clear();
    this.#waitingForBuffer.clear();
    this.#wake();
  }

  #wake(): void {
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  #postpone(key: string, outgoing: Outgoing): void {
    const lane = { outbox: new Outbox(), name: outgoing.name, watch: undefined };
    lane.outbox.add(outgoing);
    this.#lanes.set(key, lane);
    this.#waitForBuffer(lane);
  }

  #retry(lane: Lane, next: 'buffer' | 'receiver'): void {
    if (lane.outbox.flush(this.#descriptor)) this.#lanes.delete(keyOf(lane.name));
    else if (next === 'buffer' || lane.name === null) this.#waitForBuffer(lane);
    else this.#waitForReceiver(lane, lane.name);
  }

  #waitForBuffer(lane: Lane): void {
    this.#waitingForBuffer.add(lane);
    this.#wantWritable(true);
  }

  #waitForReceiver(lane: Lane, name: Uint8Array): void {
    const descriptor = native().socket(LINUX.AF_UNIX, LINUX.SOCK_DGRAM, 0);
    const result = descriptor < 0 ? descriptor : native().connect(descriptor, name);
    if (result < 0) {
      if (descriptor >= 0) native().close(descriptor);
      lane.outbox.fail(result);
      this.#lanes.delete(keyOf(name));
      return;
    }
    const writable = () => {
      unwatch(lane);
      this.#retry(lane, 'buffer');
    };
    lane.watch = { descriptor, readiness: new Readiness(descriptor, { writable, readable: writable }) };
    lane.watch.readiness.wantWritable(true);
  }
}

function unwatch(lane: Lane): void {
  lane.watch?.readiness.close();
  if (lane.watch !== undefined) native().close(lane.watch.descriptor);
  lane.watch = undefined;
}

function keyOf(name: Uint8Array | null): string {
  return name === null ? CONNECTED : Buffer.from(name.buffer, name.byteOffset, name.length).toString('latin1');
}
