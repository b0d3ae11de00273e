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
  private pollsWritable = false;
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
        for (const descriptor of this.options.descriptors) this.pollers.push(this.poll(descriptor));
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

  private poll(descriptor: number): NativePoller {
    const poller = new (native().Poller)(descriptor, () => this.wakeNow());
    poller.start(UV_READABLE | UV_PRIORITIZED);
    return poller;
  }

  /** In a busy run the next turn is scheduled already, and takes what has come. */
  private wakeNow(): void {
    if (this.immediate === undefined) this.step();
  }

  private step(): void {
    if (this.ended) return;
    this.immediate = undefined;
    try {
      const busy = this.driver.step(this.options.maySend?.() ?? true);
      this.deliver();
      if (this.options.finished()) this.end();
      else if (busy) this.wake();
      else this.sleep();
    } catch (error) {
      this.end(error);
    }
  }

  private deliver(): void {
    const { engine, onEvent } = this.options;
    for (let event = engine.pollEvent(); event !== undefined; event = engine.pollEvent()) onEvent(event);
  }

  private sleep(): void {
    this.pollWritable(this.driver.blocked);
    clearTimeout(this.timer);
    this.timer = undefined;
    const deadline = this.options.engine.nextTimeout();
    if (deadline === undefined) return;
    const delay = (deadline - this.options.channel.now()) / NANOSECONDS_PER_MILLISECOND;
    this.timer = setTimeout(this.turn, Math.min(Math.max(delay, 1), LONGEST_DELAY));
  }

  private pollWritable(wanted: boolean): void {
    if (wanted === this.pollsWritable) return;
    this.pollsWritable = wanted;
    const events = UV_READABLE | UV_PRIORITIZED | (wanted ? UV_WRITABLE : 0);
    for (const poller of this.pollers) poller.start(events);
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
