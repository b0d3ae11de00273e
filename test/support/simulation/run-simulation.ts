import { EngineDriver } from '../../../src/engine/drive.js';
import type { Engine } from '../../../src/engine/engine.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { Chance, MILLISECOND } from './chance.js';
import { ICMP_PROTOCOL } from './icmp-answer.js';
import { encodePacket, repairMessageChecksum } from './ip-packet.js';
import type { IntruderSpec, Scenario, SourceHostSpec } from './scenario.js';
import { SimulatedChannel } from './simulated-channel.js';
import { SimulatedHost } from './simulated-host.js';
import { SimulatedInternet } from './simulated-internet.js';
import { VirtualTime } from './virtual-time.js';

export interface SimulationOptions<Event> {
  /** Called after every step of the driver: for invariants. */
  onStep?: () => void;
  /** Takes events as they come; without it they are gathered. */
  onEvent?: (event: Event) => void;
  /** Ends the run though there is something left to happen. Default: when the engine has nothing to wait for. */
  finished?: () => boolean;
  /** A run that takes longer than this, in simulated milliseconds, is an error. Default: a day. */
  longest?: number;
}

export interface SimulationResult<Event> {
  events: Event[];
  /** Simulated milliseconds. */
  elapsed: number;
  steps: number;
}

const MOST_STEPS_AT_ONCE = 100_000;

/** The host, the internet around it, and their time, for a scenario. */
export class Simulation {
  readonly time = new VirtualTime();
  readonly channel: SimulatedChannel;
  readonly host: SimulatedHost;

  constructor(private readonly scenario: Scenario) {
    const chance = new Chance(scenario.seed ?? 1);
    const spec = scenario.host ?? {};
    const internet = new SimulatedInternet(scenario.routes, this.time, chance, packet => this.host.deliver(packet));
    this.host = new SimulatedHost(
      spec,
      this.time,
      chance,
      destination => internet.reaches(destination),
      packet => internet.send(packet),
    );
    this.channel = new SimulatedChannel(this.host, this.time, spec.sendRate);
    for (const intruder of scenario.intruders ?? []) this.planIntruder(intruder);
    for (const step of spec.clockSteps ?? []) this.planClockStep(step);
  }

  /** Drives the engine over the channel until nothing is left to do. */
  run<Event>(engine: Engine<Event>, options: SimulationOptions<Event> = {}): SimulationResult<Event> {
    const driver = new EngineDriver(engine, this.channel);
    const events: Event[] = [];
    const onEvent = options.onEvent ?? ((event: Event) => events.push(event));
    let steps = 0;
    let stepsAtOnce = 0;
    let before = -1;
    for (;;) {
      const busy = driver.step();
      steps++;
      stepsAtOnce = this.time.now === before ? stepsAtOnce + 1 : 0;
      before = this.time.now;
      if (stepsAtOnce > MOST_STEPS_AT_ONCE) throw new Error('the engine asks to be called again and does nothing');
      for (let event = engine.pollEvent(); event !== undefined; event = engine.pollEvent()) onEvent(event);
      options.onStep?.();
      if (options.finished?.()) break;
      if (!busy && !this.sleep(driver, engine)) break;
      if (this.time.now > (options.longest ?? 86_400_000) * MILLISECOND) throw new Error('the simulation does not end');
    }
    return { events, elapsed: this.time.now / MILLISECOND, steps };
  }

  /** Lets time pass until there is something to do; false where there never will be. */
  private sleep<Event>(driver: EngineDriver<Event>, engine: Engine<Event>): boolean {
    const timeout = engine.nextTimeout();
    // An engine that waits for nothing is done, whatever may still be on the way.
    if (timeout === undefined && !driver.blocked) return false;
    const wake = driver.blocked ? this.channel.writableAt : (timeout ?? Number.POSITIVE_INFINITY);
    this.advance(Math.max(wake, this.time.now));
    this.time.advanceTo(this.endOfPause());
    return true;
  }

  /** To `wake`, or to the first arrival before it. */
  private advance(wake: number): void {
    const { errorQueue, messages } = this.host;
    for (;;) {
      const next = this.time.nextAt;
      if (next === undefined || next > wake) break;
      this.time.advanceTo(next);
      if (errorQueue.length + messages.length > 0) return;
    }
    this.time.advanceTo(wake);
  }

  private endOfPause(): number {
    const now = this.time.now / MILLISECOND;
    const pause = this.scenario.host?.pauses?.find(({ at, for: span }) => now >= at && now < at + span);
    return pause === undefined ? this.time.now : (pause.at + pause.for) * MILLISECOND;
  }

  private planIntruder({ at, from, message, stale, protocol, hopLimit = 64 }: IntruderSpec): void {
    const source = IpAddress.parse(from);
    const destination = this.host.address(source.family);
    const fields = { source, destination, protocol: protocol ?? ICMP_PROTOCOL[source.family], hopLimit };
    const packet = encodePacket(fields, message);
    if (!stale) repairMessageChecksum(packet);
    this.time.after(at * MILLISECOND, () => this.host.deliver(packet));
  }

  private planClockStep({ at, by, noticed = true }: NonNullable<SourceHostSpec['clockSteps']>[number]): void {
    this.time.after(at * MILLISECOND, () => {
      this.time.stepWallClock(by * MILLISECOND);
      if (noticed) this.channel.clockEpoch++;
    });
  }
}

/** Runs an engine in a scenario to its end. */
export function runSimulation<Event>(
  engine: Engine<Event>,
  scenario: Scenario,
  options?: SimulationOptions<Event>,
): SimulationResult<Event> {
  return new Simulation(scenario).run(engine, options);
}
