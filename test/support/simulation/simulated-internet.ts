import { internetChecksum } from '../../../src/wire/checksum.js';
import { type Family, IpAddress } from '../../../src/wire/ip-address.js';
import { type Chance, MILLISECOND } from './chance.js';
import { chain, faultStage, type Sink, type Stage } from './faults.js';
import { type PacketView, viewPacket } from './ip-packet.js';
import type { BalanceSpec, Fault, LinkSpec, PathElement, RouterSpec, RouteSpec } from './scenario.js';
import { SimulatedRouter } from './simulated-router.js';
import { SimulatedTarget } from './simulated-target.js';
import type { VirtualTime } from './virtual-time.js';

const DEFAULT_DELAY = 1;

/** One link in both directions, with what happens to packets on it. */
interface Link {
  mtu: number;
  forward: Stage;
  back: Stage;
}

/** A router with the link that leads to it. */
interface Hop {
  link: Link;
  router: SimulatedRouter;
}

interface Route {
  network: { family: Family; prefix: bigint; hostBits: bigint };
  path: (Hop | Balance)[];
  /** The path, where no part of it is balanced. */
  hops: Hop[] | undefined;
  lastLink: Link;
  target: SimulatedTarget | undefined;
  targetStage: Stage;
}

interface Balance {
  by: BalanceSpec['balance'];
  /** Of its hash: balancers with the same one would all decide alike, and some ways never be taken. */
  salt: number;
  paths: (Hop | Balance)[][];
}

/** Everything beyond the host: takes its packets and, in its own time, gives back what comes of them. */
export class SimulatedInternet {
  private readonly routes: Route[];
  private packetsBalanced = 0;
  private balancers = 0;

  /** @param deliver takes packets that have come to the host */
  constructor(
    routes: readonly RouteSpec[],
    private readonly time: VirtualTime,
    private readonly chance: Chance,
    private readonly deliver: Sink,
  ) {
    this.routes = routes.map(spec => this.createRoute(spec));
  }

  /** Whether the host has a route there. */
  reaches(destination: IpAddress): boolean {
    return this.routeTo(destination) !== undefined;
  }

  /** Sends a packet of the host on its way. */
  send(packet: Uint8Array): void {
    const view = viewPacket(packet);
    const route = this.routeTo(view.destination);
    if (route === undefined) return;
    const hops = route.hops ?? this.flatten(route.path, packet, view);
    this.forward(route, hops, 0, packet);
  }

  /** A packet that has reached the place before hop `index`. */
  private forward(route: Route, hops: readonly Hop[], index: number, packet: Uint8Array): void {
    const hop = hops[index];
    const link = hop?.link ?? route.lastLink;
    link.forward(packet, arrived => {
      if (hop === undefined) this.reachTarget(route, hops, arrived);
      else this.reachRouter(route, hops, index, hop, arrived);
    });
  }

  private reachRouter(route: Route, hops: readonly Hop[], index: number, hop: Hop, packet: Uint8Array): void {
    const nextMtu = (hops[index + 1]?.link ?? route.lastLink).mtu;
    const forged = hop.router.forge(packet);
    if (forged !== undefined) this.carryBack(hops, index, hop.link, forged);
    const outcome = hop.router.handle(packet, nextMtu);
    if (outcome === 'forward') this.forward(route, hops, index + 1, packet);
    else if (outcome !== 'drop') this.carryBack(hops, index, hop.link, outcome);
  }

  private reachTarget(route: Route, hops: readonly Hop[], packet: Uint8Array): void {
    const { target } = route;
    if (target === undefined) return;
    this.time.after((target.spec.thinks ?? 0) * MILLISECOND, () => {
      for (const answer of target.answer(packet)) {
        route.targetStage(answer, leaving => this.carryBack(hops, hops.length, route.lastLink, leaving));
      }
    });
  }

  /** Carries a packet over `link` towards the host, past the hops before `index`. */
  private carryBack(hops: readonly Hop[], index: number, link: Link, packet: Uint8Array): void {
    link.back(packet, arrived => {
      const hop = hops[index - 1];
      if (hop === undefined) this.deliver(arrived);
      else if (hop.router.pass(arrived)) this.carryBack(hops, index - 1, hop.link, arrived);
    });
  }

  private routeTo(destination: IpAddress): Route | undefined {
    return this.routes.find(route => contains(route.network, destination));
  }

  /** The routers that this packet meets, balanced ways decided. */
  private flatten(path: readonly (Hop | Balance)[], packet: Uint8Array, view: PacketView): Hop[] {
    return path.flatMap(element => {
      if ('router' in element) return [element];
      const choice = element.by === 'flow' ? salted(flowHash(packet, view), element.salt) : this.packetsBalanced++;
      return this.flatten(element.paths[choice % element.paths.length] ?? [], packet, view);
    });
  }

  private createRoute(spec: RouteSpec): Route {
    const [text = '', length] = spec.to.split('/');
    const address = IpAddress.parse(text);
    const targetSpec = spec.target ?? {};
    const faults = targetSpec === 'none' ? [] : (targetSpec.faults ?? []);
    const path = (spec.path ?? []).map(element => this.createElement(element));
    return {
      network: networkOf(address, length === undefined ? 8 * address.byteLength : Number(length)),
      path,
      hops: path.every(element => 'router' in element) ? path : undefined,
      lastLink: this.createLink(spec.link ?? {}),
      target: targetSpec === 'none' ? undefined : new SimulatedTarget(targetSpec, this.time, this.chance),
      targetStage: this.stageOf(faults),
    };
  }

  private createElement(element: PathElement): Hop | Balance {
    if (!('balance' in element)) return this.createHop(element);
    const salt = this.balancers++;
    return {
      by: element.balance,
      salt,
      paths: element.paths.map(path => path.map(inner => this.createElement(inner))),
    };
  }

  private createHop(spec: RouterSpec): Hop {
    return { link: this.createLink(spec.link ?? {}), router: new SimulatedRouter(spec, this.time, this.chance) };
  }

  private createLink(spec: LinkSpec): Link {
    const { delay = DEFAULT_DELAY, jitter, mtu, mtuChanges = [], forward = [], back = [] } = spec;
    const carry: Fault = { kind: 'delay', by: delay, ...(jitter && { jitter }) };
    const link: Link = {
      mtu: mtu ?? Number.POSITIVE_INFINITY,
      forward: this.stageOf([...forward, carry]),
      back: this.stageOf([...back, carry]),
    };
    for (const change of mtuChanges) {
      this.time.after(change.at * MILLISECOND, () => {
        link.mtu = change.mtu;
      });
    }
    return link;
  }

  private stageOf(faults: readonly Fault[]): Stage {
    const stages = faults.map(fault => faultStage(fault, this.time, this.chance));
    const [only] = stages;
    return stages.length === 1 && only ? only : (packet, end) => chain(stages, end)(packet);
  }
}

function networkOf(address: IpAddress, length: number): Route['network'] {
  const hostBits = BigInt(8 * address.byteLength - length);
  return { family: address.family, prefix: address.value >> hostBits, hostBits };
}

function salted(hash: number, salt: number): number {
  return salt === 0 ? hash : Math.imul(hash ^ Math.imul(salt, 0x85ebca6b), 0xc2b2ae35) >>> 13;
}

function contains({ family, prefix, hostBits }: Route['network'], address: IpAddress): boolean {
  return address.family === family && address.value >> hostBits === prefix;
}

/** What routers balance by: addresses, protocol, the first four bytes of the message (ports) and the flow label. */
function flowHash(packet: Uint8Array, { family, messageStart }: PacketView): number {
  const addresses = family === 4 ? internetChecksum(packet, 12, 20) : internetChecksum(packet, 8, 40);
  const protocol = packet[family === 4 ? 9 : 6] ?? 0;
  const label = family === 4 ? 0 : internetChecksum(packet, 1, 4);
  const ports = internetChecksum(packet, messageStart, messageStart + 4);
  return (
    ((Math.imul(addresses ^ Math.imul(ports, 31) ^ Math.imul(label, 17) ^ protocol, 0x9e3779b1) >>> 16) ^ ports) >>> 0
  );
}
