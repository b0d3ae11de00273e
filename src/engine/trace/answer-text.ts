import type { IcmpExtensionObject } from '../../wire/icmp-extension-object.js';
import { icmpErrorName } from '../../wire/icmp-types.js';
import type { IpAddress } from '../../wire/ip-address.js';
import { NANOSECONDS_PER_MILLISECOND } from '../../wire/time.js';
import type { Answer } from './answer.js';
import { hexadecimal } from './hexadecimal.js';
import { returnHops } from './path-findings.js';
import type { Probe } from './probe.js';
import type { TraceAnswer, TraceExtension } from './trace-event.js';

/** An answer as events have it. */
export function describeAnswer(probe: Probe, answer: Answer, target: IpAddress): TraceAnswer {
  const { reply, replyHopLimit, quotedHopLimit, extensions, translated } = answer;
  const error = errorWord(answer, target);
  const back = returnHops(replyHopLimit);
  return {
    address: String(answer.from),
    rtt: answer.rtt / NANOSECONDS_PER_MILLISECOND,
    clock: answer.clock,
    protocol: probe.protocol,
    ...(answer.icmpType >= 0 && { icmpType: answer.icmpType, icmpCode: answer.icmpCode }),
    ...(error !== undefined && { error }),
    ...(reply !== undefined && { reply }),
    replyTtl: replyHopLimit < 0 ? null : replyHopLimit,
    ...(back !== undefined && { returnHops: back }),
    flow: probe.flow,
    ...(extensions.length > 0 && { extensions: extensions.map(describeExtension) }),
    ...(answer.mtu > 0 && { mtu: answer.mtu }),
    ...(answer.kind === 'expired' && quotedHopLimit > 1 && { quotedTtl: quotedHopLimit }),
    ...(translated.length > 0 && { translated: [...translated] }),
  };
}

/** Time exceeded on the way, and the target's own "no such port", are plain answers. */
function errorWord(answer: Answer, target: IpAddress): string | undefined {
  const { kind, family, from, icmpType, icmpCode } = answer;
  if (kind === 'expired' || kind === 'reply') return undefined;
  if (kind === 'closed' && from.value === target.value && isPortUnreachable(answer)) return undefined;
  return icmpType < 0 ? 'message-too-long' : icmpErrorName(family, icmpType, icmpCode);
}

function isPortUnreachable({ family, icmpCode }: Answer): boolean {
  return icmpCode === (family === 4 ? 3 : 4);
}

function describeExtension(object: IcmpExtensionObject): TraceExtension {
  switch (object.kind) {
    case 'mpls':
      return object;
    case 'unknown':
      return { kind: 'unknown', class: object.class, type: object.type, data: hexadecimal(object.data) };
    default: {
      const { address, ...rest } = object;
      return address === undefined ? rest : { ...rest, address: String(address) };
    }
  }
}
