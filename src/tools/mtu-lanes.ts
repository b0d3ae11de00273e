import type { TraceProtocol } from '../engine/trace/trace-event.js';
import { learnNothing } from '../sockets/mtu/unlearning.js';
import { WholePacketChannel } from '../sockets/mtu/whole-packet-channel.js';
import { IP_PROTOCOL } from '../wire/ip-protocol.js';
import type { PathMtuSettings } from './mtu-settings.js';
import type { PathMtuTarget } from './mtu-target.js';
import { openTraceLanes, type TraceLaneSet } from './trace-lane-set.js';

/**
 * The sockets of a search: those of a trace, but the kernel learns nothing from what comes back, where they are raw.
 * @throws SystemCallError; nothing stays open then.
 */
export function openMtuLanes(
  target: PathMtuTarget,
  { protocol, socket }: PathMtuSettings,
  longest: number,
  onReady: () => void,
): TraceLaneSet {
  const { family } = target.address;
  const lanes = openTraceLanes([family], socket, protocol, longest, onReady);
  if (lanes.kind !== 'raw') return lanes;
  try {
    const sending = Object.entries(lanes.engine[family]?.transmit ?? {}) as [TraceProtocol, { lane: number }][];
    const senders = sending.flatMap(([, { lane }]) => lanes.descriptors[lane] ?? []);
    learnNothing(family, lanes.descriptors, senders);
    if (family === 6) return lanes;
    const protocols = new Map(sending.map(([name, { lane }]) => [lane, IP_PROTOCOL[name]]));
    return { ...lanes, channel: new WholePacketChannel(lanes.channel, protocols, target.source) };
  } catch (error) {
    lanes.close();
    throw error;
  }
}
