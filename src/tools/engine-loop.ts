import { EngineDriver } from '../engine/drive.js';
import type { Engine } from '../engine/engine.js';
import type { PacketChannel } from '../engine/packet-channel.js';
import { type NativePoller, native, UV_PRIORITIZED, UV_READABLE, UV_WRITABLE } from '../io/native.js';
import { NANOSECONDS_PER_MILLISECOND } from '../wire/time.js';

export interface EngineLoopOptions<Event> {
  engine: Engine<Event>;
  channel: PacketChannel;
  /** The channel's sockets, to be waited for. */
  descriptors: readonly number[];
  /** Takes every event, in order. */
  onEvent: (event: Event) => void;
  /** The loop ends once this is true after a step. */
  finished: () => boolean;
  /** False holds back sending, for one while events pile up. */
  maySend?: () => boolean;
}

/** Longer delays overflow Node's timers. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** Runs an engine over sockets on Node's event loop: pollers and one timer, and nothing while nothing is due. */
export class EngineLoop<Event> {
  private readonly driver: EngineDriver<Event>;
  private readonly pollers: NativePoller[] = [];
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  /** What the pollers wait for; 0: they are stopped. */
  private polled = 0;
  private settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  private ended = false;
  private readonly turn = (): void => this.step();

  constructor(private readonly options: EngineLoopOptions<Event>) {
    this.driver = new EngineDriver(options.engine, options.channel);
  }

  /** Runs to the engine's end. Rejects with what an event handler or a system call threw. The channel stays open. */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      try {
        const { Poller } = native();
        for (const descriptor of this.options.descriptors) this.pollers.push(new Poller(descriptor, this.readiness));
        this.wake();
      } catch (error) {
        this.end(error);
      }
    });
  }

  /** Something changed that the loop cannot see: a target has come, the engine was told to stop. */
  wake(): void {
    if (!this.ended) this.immediate ??= setImmediate(this.turn);
  }

  /** In a busy run the next turn is scheduled already, and takes what has come. */
  private readonly readiness = (): void => {
    if (this.immediate === undefined) this.step();
  };

  private step(): void {
    if (this.ended) return;
    this.immediate = undefined;
    try {
      const busy = this.driver.step(this.options.maySend?.() ?? true);
      this.deliver();
      if (this.options.finished()) this.end();
      else if (busy) this.goOn();
      else this.sleep();
    } catch (error) {
      this.end(error);
    }
  }

  private deliver(): void {
    const { engine, onEvent } = this.options;
    for (let event = engine.pollEvent(); event !== undefined; event = engine.pollEvent()) onEvent(event);
  }

  /** While there is more to do than one turn does, nobody needs to be told: a poller costs the kernel a call a packet. */
  private goOn(): void {
    this.waitFor(0);
    this.wake();
  }

  private sleep(): void {
    this.waitFor(UV_READABLE | UV_PRIORITIZED | (this.driver.blocked ? UV_WRITABLE : 0));
    clearTimeout(this.timer);
    this.timer = undefined;
    const deadline = this.options.engine.nextTimeout();
    if (deadline === undefined) return;
    const delay = (deadline - this.options.channel.now()) / NANOSECONDS_PER_MILLISECOND;
    this.timer = setTimeout(this.turn, Math.min(Math.max(delay, 1), LONGEST_DELAY));
  }

  private waitFor(events: number): void {
    if (events === this.polled) return;
    this.polled = events;
    for (const poller of this.pollers) {
      if (events === 0) poller.stop();
      else poller.start(events);
    }
  }

  private end(error?: unknown): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.timer);
    if (this.immediate !== undefined) clearImmediate(this.immediate);
    for (const poller of this.pollers) poller.close();
    if (error === undefined) this.settle?.resolve();
    else this.settle?.reject(error);
  }
}
