import { TokenBucket } from '../../../src/engine/token-bucket.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { alter } from './alteration.js';
import { type Chance, MILLISECOND, Picker } from './chance.js';
import { rewriteSource } from './ip-packet.js';
import type { Fault } from './scenario.js';
import type { VirtualTime } from './virtual-time.js';

/** Takes a packet, which is then its own. */
export type Sink = (packet: Uint8Array) => void;

/** One stage of the way: hands a packet on, at once or later, once, altered, more than once or never. */
export type Stage = (packet: Uint8Array, next: Sink) => void;

/** Several stages, one behind the other. */
export function chain(stages: readonly Stage[], end: Sink): Sink {
  return stages.reduceRight<Sink>((next, stage) => packet => stage(packet, next), end);
}

/** A fault as a stage. */
export function faultStage(fault: Fault, time: VirtualTime, chance: Chance): Stage {
  const picker = new Picker(fault.pick ?? {}, time, chance);
  const effect = effectOf(fault, time, chance);
  return (packet, next) => {
    if (picker.picks(packet.length)) effect(packet, next);
    else next(packet);
  };
}

function effectOf(fault: Fault, time: VirtualTime, chance: Chance): Stage {
  switch (fault.kind) {
    case 'loss':
      return () => {};
    case 'delay':
      return (packet, next) => time.after(fault.by * MILLISECOND + chance.jitter(fault.jitter), () => next(packet));
    case 'duplicate':
      return (packet, next) => {
        const { copies = 1, after = 0 } = fault;
        const copy = packet.slice();
        next(packet);
        for (let made = 1; made <= copies; made++) time.after(made * after * MILLISECOND, () => next(copy.slice()));
      };
    case 'police': {
      const bucket = new TokenBucket(fault.perSecond, fault.burst);
      return (packet, next) => {
        if (bucket.take(time.now)) next(packet);
      };
    }
    case 'alter':
      return (packet, next) => next(alter(packet, fault.alterations));
    case 'rewrite-source':
      return (packet, next) => next(withSource(packet, fault.address));
    case 'forge':
      return (packet, next) => {
        const forged = alter(packet, fault.alterations);
        next(fault.source === undefined ? forged.slice() : withSource(forged, fault.source));
        next(packet);
      };
  }
}

function withSource(packet: Uint8Array, address: string): Uint8Array {
  const bytes = packet.slice();
  rewriteSource(bytes, IpAddress.parse(address));
  return bytes;
}
