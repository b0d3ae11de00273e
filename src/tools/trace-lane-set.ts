import type { PacketChannel } from '../engine/packet-channel.js';
import type { TraceProtocol } from '../engine/trace/trace-event.js';
import type { TraceLanes, TraceLanesByFamily } from '../engine/trace/trace-lanes.js';
import { SystemCallError } from '../io/errors.js';
import type { Lane } from '../sockets/channel/lane.js';
import { SocketChannel } from '../sockets/channel/socket-channel.js';
import { ConnectLanes } from '../sockets/trace/connect-lanes.js';
import { TraceChannel } from '../sockets/trace/trace-channel.js';
import type { TraceSocketOptions } from '../sockets/trace/trace-socket-options.js';
import { closeTraceSockets, openTraceSockets, type TraceSockets } from '../sockets/trace/trace-sockets.js';
import type { Family } from '../wire/ip-address.js';

/** What sends the probes that were asked for. */
type Protocol = 'auto' | TraceProtocol;

/** The open sockets of a run, as engine, channel and event loop each want to see them. */
export interface TraceLaneSet {
  kind: 'raw' | 'unprivileged';
  engine: TraceLanesByFamily;
  channel: PacketChannel;
  descriptors: number[];
  /** Closes all of it. */
  close(): void;
}

/**
 * Opens the sockets of these families. A host without IPv6 has none of IPv6; where that was the only family, it is an error.
 * @param messageBytes the longest packet that will be sent.
 * @throws SystemCallError; nothing stays open then.
 */
export function openTraceLanes(
  families: readonly Family[],
  options: Omit<TraceSocketOptions, 'family'>,
  protocol: Protocol,
  messageBytes: number,
  onReady: () => void,
): TraceLaneSet {
  const opened: { family: Family; sockets: TraceSockets }[] = [];
  const lanes: Lane[] = [];
  try {
    for (const family of families) {
      const sockets = openIfSupported({ ...options, family }, lanes.length, families.length > 1);
      if (sockets === undefined) continue;
      opened.push({ family, sockets });
      if (sockets.refusal !== undefined && protocol === 'icmp') throw sockets.refusal;
      lanes.push(...sockets.lanes);
    }
  } catch (error) {
    for (const { sockets } of opened) closeTraceSockets(sockets);
    throw error;
  }
  return laneSet(opened, lanes, options, messageBytes, onReady);
}

function laneSet(
  opened: readonly { family: Family; sockets: TraceSockets }[],
  lanes: Lane[],
  options: Omit<TraceSocketOptions, 'family'>,
  messageBytes: number,
  onReady: () => void,
): TraceLaneSet {
  const byFamily = Object.fromEntries(opened.map(({ family }) => [family, { ...options, family }]));
  const connections = new ConnectLanes(byFamily, onReady);
  const connectLanes = new Set(opened.flatMap(({ sockets }) => sockets.connectLane ?? []));
  const sockets = new SocketChannel({ lanes, messageBytes });
  const channel = new TraceChannel(sockets, connections, connectLanes);
  const engine: { -readonly [F in Family]?: TraceLanes } = {};
  for (const { family, sockets } of opened) engine[family] = { transmit: sockets.transmit, roles: sockets.roles };
  return {
    kind: opened[0]?.sockets.kind ?? 'raw',
    engine,
    channel,
    descriptors: lanes.map(({ descriptor }) => descriptor),
    close: () => {
      connections.close();
      for (const { sockets } of opened) closeTraceSockets(sockets);
    },
  };
}

function openIfSupported(options: TraceSocketOptions, firstLane: number, optional: boolean): TraceSockets | undefined {
  try {
    return openTraceSockets(options, firstLane);
  } catch (error) {
    if (optional && error instanceof SystemCallError && error.code === 'EAFNOSUPPORT') return undefined;
    throw error;
  }
}
