import { TokenBucket } from '../../../src/engine/token-bucket.js';
import { type Family, IpAddress } from '../../../src/wire/ip-address.js';
import type { Chance } from './chance.js';
import { Picker } from './chance.js';
import { ERRORS, type ErrorFacts, icmpErrorPacket } from './icmp-answer.js';
import { recordPassage } from './ip-option-recording.js';
import { decrementHopLimit, familyOf, hopLimitOf } from './ip-packet.js';
import type { RouterSpec } from './scenario.js';
import type { VirtualTime } from './virtual-time.js';

/** Forwards packets, or says why it does not. */
export class SimulatedRouter {
  private readonly addresses: Partial<Record<Family, IpAddress>>;
  private readonly errors: TokenBucket;
  private readonly rejects: Picker | undefined;
  private readonly forges: Picker | undefined;

  constructor(
    readonly spec: RouterSpec,
    private readonly time: VirtualTime,
    chance: Chance,
  ) {
    this.addresses = addressesOf(spec.address);
    this.errors = new TokenBucket(spec.rateLimit?.perSecond ?? 0, spec.rateLimit?.burst);
    this.rejects = spec.rejects && new Picker(spec.rejects.pick ?? {}, time, chance);
    this.forges = spec.forges && new Picker(spec.forges.pick ?? {}, time, chance);
  }

  /** The error that it sends about a packet which goes on all the same. */
  forge(packet: Uint8Array): Uint8Array | undefined {
    const { forges } = this.spec;
    if (forges === undefined || !this.forges?.picks(packet.length)) return undefined;
    const from = forges.from === undefined ? this.addresses[familyOf(packet)] : IpAddress.parse(forges.from);
    return from && icmpErrorPacket(from, packet, factsOf(forges), this.spec);
  }

  /**
   * @param nextMtu of the link that the packet would leave by
   * @returns the error to send back; 'forward', with the packet changed as routers do; or 'drop'.
   */
  handle(packet: Uint8Array, nextMtu: number): Uint8Array | 'forward' | 'drop' {
    const family = familyOf(packet);
    const { spec } = this;
    if (hopLimitOf(packet) <= 1) return this.report(packet, ERRORS[family].timeExceeded);
    if (this.rejects?.picks(packet.length)) return this.report(packet, spec.rejects);
    decrementHopLimit(packet);
    if (packet.length > nextMtu) {
      return spec.blackHole
        ? 'drop'
        : this.report(packet, { ...ERRORS[family].tooBig, mtu: spec.reportsMtu ?? nextMtu });
    }
    this.recordPassage(packet);
    return 'forward';
  }

  /** Packets on their way back only pass. */
  pass(packet: Uint8Array): boolean {
    if (hopLimitOf(packet) <= 1) return false;
    decrementHopLimit(packet);
    this.recordPassage(packet);
    return true;
  }

  private recordPassage(packet: Uint8Array): void {
    const address = this.addresses[4];
    if (address !== undefined) recordPassage(packet, address, this.time.realtime);
  }

  private report(packet: Uint8Array, error: ErrorFacts | undefined): Uint8Array | 'drop' {
    const from = this.addresses[familyOf(packet)];
    const silent = this.spec.answers === false || from === undefined || error === undefined;
    if (silent || !this.errors.take(this.time.now)) return 'drop';
    return icmpErrorPacket(from, packet, factsOf(error), this.spec) ?? 'drop';
  }
}

function factsOf({ type, code, mtu }: ErrorFacts): ErrorFacts {
  return { type, code, ...(mtu !== undefined && { mtu }) };
}

function addressesOf(address: RouterSpec['address']): Partial<Record<Family, IpAddress>> {
  const texts = typeof address === 'string' ? [address] : [address[4], address[6]];
  const addresses: Partial<Record<Family, IpAddress>> = {};
  for (const text of texts) {
    if (text === undefined) continue;
    const parsed = IpAddress.parse(text);
    addresses[parsed.family] = parsed;
  }
  return addresses;
}
