import { type NativePoller, native, UV_READABLE } from '../../../src/io/native.js';
import { TunDevice } from '../../../src/io/tun.js';
import { Chance, MILLISECOND } from '../simulation/chance.js';
import type { RouteSpec } from '../simulation/scenario.js';
import { SimulatedInternet } from '../simulation/simulated-internet.js';
import { VirtualTime } from '../simulation/virtual-time.js';
import { runNow } from './command.js';
import type { Host } from './host.js';

export interface TunInternetOptions {
  /** The host's addresses, with prefix length. Default: 192.0.2.1/32 and 2001:db8::1/128. */
  addresses?: { 4?: string; 6?: string };
  /** MTU of the host's interface. Default: 1500. */
  mtu?: number;
  /** Of what happens at random. Default: 1. */
  seed?: number;
}

/** The interface's name in the host. */
const INTERFACE = 'internet';

/** Node's timers are a millisecond coarse: the rest of a wait is spent turning the event loop. */
const TIMER_TOLERANCE_MS = 1.5;

let created = 0;

/**
 * The simulated internet of test/support/simulation in real time, behind a TUN device of a host: whatever a program there
 * sends to one of the routes meets routers, links and a target as the scenario's data say. This process serves it, so wait
 * for programs without blocking.
 */
export class TunInternet {
  private readonly device: TunDevice;
  private readonly poller: NativePoller;
  private readonly time = new VirtualTime();
  private readonly internet: SimulatedInternet;
  private readonly origin = native().monotonicNow();
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  private readonly turn = (): void => this.advance();

  constructor(
    readonly host: Host,
    routes: readonly RouteSpec[],
    { addresses = { 4: '192.0.2.1/32', 6: '2001:db8::1/128' }, mtu = 1500, seed = 1 }: TunInternetOptions = {},
  ) {
    const deliver = (packet: Uint8Array): void => this.inject(packet);
    this.internet = new SimulatedInternet(routes, this.time, new Chance(seed), deliver);
    this.device = new TunDevice(`ss${process.pid}-${++created}`);
    host.whenClosed(() => this.close());
    runNow(['ip', 'link', 'set', 'dev', this.device.name, 'netns', String(host.pid)]);
    host.ip(
      `link set dev ${this.device.name} name ${INTERFACE} mtu ${mtu}`,
      ...Object.values(addresses).map(address => `address add ${address} dev ${INTERFACE}`),
      `link set dev ${INTERFACE} up`,
      ...routes.map(({ to }) => `route replace ${to} dev ${INTERFACE}`),
    );
    this.poller = new (native().Poller)(this.device.descriptor, () => this.takePackets());
    this.poller.start(UV_READABLE);
  }

  /** Lets a packet come to the host that nothing called for: forged, or somebody else's. */
  inject(packet: Uint8Array): void {
    this.device.write(packet);
  }

  /** Takes the device away. Idempotent. */
  close(): void {
    clearTimeout(this.timer);
    if (this.immediate !== undefined) clearImmediate(this.immediate);
    this.poller.close();
    this.device.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private takePackets(): void {
    this.time.advanceTo(native().monotonicNow() - this.origin);
    for (let packet = this.device.read(); packet !== undefined; packet = this.device.read()) {
      this.internet.send(packet.slice());
    }
    this.advance();
  }

  /** Lets happen what is due, and comes back when the next thing is. */
  private advance(): void {
    this.time.advanceTo(native().monotonicNow() - this.origin);
    clearTimeout(this.timer);
    if (this.immediate !== undefined) clearImmediate(this.immediate);
    const { nextAt } = this.time;
    if (nextAt === undefined) return;
    const delay = (nextAt + this.origin - native().monotonicNow()) / MILLISECOND;
    if (delay > TIMER_TOLERANCE_MS) this.timer = setTimeout(this.turn, Math.max(1, delay - TIMER_TOLERANCE_MS));
    else this.immediate = setImmediate(this.turn);
  }
}
