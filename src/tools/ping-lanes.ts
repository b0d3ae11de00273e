import type { PingLane } from '../engine/ping/ping-options.js';
import { SystemCallError } from '../io/errors.js';
import { native } from '../io/native.js';
import { randomWords } from '../io/random-words.js';
import type { Lane } from '../sockets/channel/lane.js';
import { openIcmpSocket } from '../sockets/icmp-socket.js';
import type { Family } from '../wire/ip-address.js';
import type { PingSettings } from './ping-settings.js';

/** A ping's sockets, as the channel and as the engine know them. */
export interface OpenPingLanes {
  lanes: Lane[];
  engine: { 4?: PingLane; 6?: PingLane };
}

let lastIdentifier: number | undefined;

/** From a random one on in turn, so that no two of 65,536 pings of this thread get each other's replies to look at. */
function nextIdentifier(): number {
  lastIdentifier = ((lastIdentifier ?? randomWords(1)[0] ?? 0) + 1) & 0xffff;
  return lastIdentifier;
}

/** Opens one socket a family. A host without IPv6 has no IPv6 sockets; its IPv6 targets then fail one by one. */
export function openPingLanes(families: readonly Family[], { socket }: PingSettings): OpenPingLanes {
  const open: OpenPingLanes = { lanes: [], engine: {} };
  const identifier = nextIdentifier();
  try {
    for (const family of families) openLane(open, family, { ...socket, identifier }, families.length > 1);
  } catch (error) {
    for (const lane of open.lanes) native().close(lane.descriptor);
    throw error;
  }
  return open;
}

function openLane(
  open: OpenPingLanes,
  family: Family,
  options: PingSettings['socket'] & { identifier: number },
  optional: boolean,
): void {
  try {
    const { kind, identifier, lane } = openIcmpSocket({ ...options, numbered: true, family });
    open.engine[family] = { identifier, socket: kind, lane: open.lanes.push(lane) - 1 };
  } catch (error) {
    const missing = error instanceof SystemCallError && error.code === 'EAFNOSUPPORT';
    if (!missing || !optional) throw error;
  }
}
