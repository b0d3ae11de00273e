import { setImmediate as nextTurn } from 'node:timers/promises';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { walkControlMessages } from '../../wire/control-message.js';
import { IpAddress } from '../../wire/ip-address.js';
import { encodeSocketAddress } from '../../wire/socket-address.js';
import { ALLOWED, type Check, refused, type Verdict } from './finding.js';

/** What the kernel tells about packets: when they left, when they came, what became of them. Tried on loopback. */
export const STAMP_CHECKS: readonly Check[] = [
  {
    name: 'error-queue',
    about: 'IP_RECVERR: ICMP errors without privilege',
    attempt: () => onLoopback(tryErrorQueue),
  },
  {
    name: 'transmit-stamps',
    about: "the kernel's stamps of sending",
    attempt: () => onLoopback(tryTransmitStamps),
  },
  {
    name: 'receive-stamps',
    about: "the kernel's stamps of receipt",
    attempt: () => onLoopback(tryReceiveStamps),
  },
];

const LOOPBACK = IpAddress.parse('127.0.0.1');
const CONTROL_BYTES = 512;
/** The loopback device delivers within the send; a few turns of the loop are for a kernel that does not. */
const TURNS = 5;
/** Datagrams that may come without a stamp before we believe that none will have one. */
const ATTEMPTS = 50;

/** A UDP socket bound to a port of 127.0.0.1 that the kernel chose. */
interface Endpoint {
  descriptor: number;
  name: Uint8Array;
}

async function onLoopback(attempt: (own: Endpoint) => Promise<Verdict>): Promise<Verdict> {
  const own = openEndpoint();
  if (typeof own === 'number') return refused('bind 127.0.0.1', own);
  try {
    return await attempt(own);
  } finally {
    native().close(own.descriptor);
  }
}

function openEndpoint(): Endpoint | number {
  const descriptor = native().socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, 0);
  if (descriptor < 0) return descriptor;
  const bound = native().bind(descriptor, encodeSocketAddress({ family: 'ip4', address: LOOPBACK, port: 0 }));
  const name = new Uint8Array(LINUX.sizeof_sockaddr_in);
  const named = bound < 0 ? bound : native().socketName(descriptor, name);
  if (named >= 0) return { descriptor, name };
  native().close(descriptor);
  return named;
}

/** Sends to a port that was open a moment ago: the answer is "port unreachable". */
async function tryErrorQueue({ descriptor }: Endpoint): Promise<Verdict> {
  const closed = openEndpoint();
  if (typeof closed === 'number') return refused('bind 127.0.0.1', closed);
  native().close(closed.descriptor);
  const set = native().setIntegerOption(descriptor, LINUX.IPPROTO_IP, LINUX.IP_RECVERR, 1);
  if (set < 0) return refused('setsockopt IP_RECVERR=1', set);
  const sent = native().sendMessage(descriptor, new Uint8Array(8), closed.name, null, 0);
  if (sent < 0) return refused('sendmsg 127.0.0.1', sent);
  const found = await awaitControl(descriptor, LINUX.MSG_ERRQUEUE, LINUX.IPPROTO_IP, LINUX.IP_RECVERR);
  return found ? ALLOWED : missing('no error came back from a closed port of 127.0.0.1');
}

function tryTransmitStamps(own: Endpoint): Promise<Verdict> {
  return tryStamps(own, LINUX.SOF_TIMESTAMPING_TX_SOFTWARE, LINUX.MSG_ERRQUEUE);
}

function tryReceiveStamps(own: Endpoint): Promise<Verdict> {
  return tryStamps(own, LINUX.SOF_TIMESTAMPING_RX_SOFTWARE, 0);
}

/**
 * Sends datagrams to ourselves and looks for a stamp of one. The first ones may have none: the kernel turns stamps on
 * in the background (net_enable_timestamp in net/core/dev.c).
 */
async function tryStamps({ descriptor, name }: Endpoint, generation: number, flags: number): Promise<Verdict> {
  const wanted = generation | LINUX.SOF_TIMESTAMPING_SOFTWARE;
  const set = native().setIntegerOption(descriptor, LINUX.SOL_SOCKET, LINUX.SO_TIMESTAMPING, wanted);
  if (set < 0) return refused(`setsockopt SO_TIMESTAMPING=${wanted}`, set);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const sent = native().sendMessage(descriptor, new Uint8Array(8), name, null, 0);
    if (sent < 0) return refused('sendmsg 127.0.0.1', sent);
    if (await awaitControl(descriptor, flags, LINUX.SOL_SOCKET, LINUX.SCM_TIMESTAMPING)) return ALLOWED;
  }
  return missing('the kernel took SO_TIMESTAMPING and gave no stamp on loopback');
}

function missing(reason: string): Verdict {
  return { allowed: false, reason, mend: null };
}

async function awaitControl(descriptor: number, flags: number, level: number, type: number): Promise<boolean> {
  for (let turn = 0; turn < TURNS; turn++) {
    if (receivesControl(descriptor, flags, level, type)) return true;
    await nextTurn();
  }
  return false;
}

function receivesControl(descriptor: number, flags: number, level: number, type: number): boolean {
  const control = new Uint8Array(CONTROL_BYTES);
  const received = { length: 0, flags: 0, nameLength: 0, controlLength: 0 };
  const result = native().receiveMessage(descriptor, new Uint8Array(64), null, control, flags, received);
  if (result < 0) return false;
  let found = false;
  walkControlMessages(control, 0, received.controlLength, (messageLevel, messageType) => {
    found ||= messageLevel === level && messageType === type;
  });
  return found;
}
