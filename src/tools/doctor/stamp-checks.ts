import { setTimeout as pause } from 'node:timers/promises';
import { native } from '../../io/native.js';
import { type LoopbackEndpoint, openLoopbackEndpoint } from '../../sockets/loopback-endpoint.js';
import { LINUX } from '../../wire/constants.generated.js';
import { walkControlMessages } from '../../wire/control-message.js';
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

const CONTROL_BYTES = 512;
/** Looks, a millisecond apart, before we believe that nothing will come: a busy kernel delivers by a thread of its own. */
const LOOKS = 500;

async function onLoopback(attempt: (own: LoopbackEndpoint) => Promise<Verdict>): Promise<Verdict> {
  const own = openLoopbackEndpoint();
  if (typeof own === 'number') return refused('bind 127.0.0.1', own);
  try {
    return await attempt(own);
  } finally {
    native().close(own.descriptor);
  }
}

/** Sends to a port that was open a moment ago: the answer is "port unreachable". */
async function tryErrorQueue({ descriptor }: LoopbackEndpoint): Promise<Verdict> {
  const closed = openLoopbackEndpoint();
  if (typeof closed === 'number') return refused('bind 127.0.0.1', closed);
  native().close(closed.descriptor);
  const set = native().setIntegerOption(descriptor, LINUX.IPPROTO_IP, LINUX.IP_RECVERR, 1);
  if (set < 0) return refused('setsockopt IP_RECVERR=1', set);
  const sent = native().sendMessage(descriptor, new Uint8Array(8), closed.name, null, 0);
  if (sent < 0) return refused('sendmsg 127.0.0.1', sent);
  const found = await seen(() => receivesControl(descriptor, LINUX.MSG_ERRQUEUE, LINUX.IPPROTO_IP, LINUX.IP_RECVERR));
  return found ? ALLOWED : missing('no error came back from a closed port of 127.0.0.1');
}

function tryTransmitStamps(own: LoopbackEndpoint): Promise<Verdict> {
  return tryStamps(own, LINUX.SOF_TIMESTAMPING_TX_SOFTWARE, LINUX.MSG_ERRQUEUE);
}

function tryReceiveStamps(own: LoopbackEndpoint): Promise<Verdict> {
  return tryStamps(own, LINUX.SOF_TIMESTAMPING_RX_SOFTWARE, 0);
}

/**
 * Sends datagrams to ourselves until one has a stamp. The first ones may have none: the kernel turns stamps on in the
 * background (net_enable_timestamp in net/core/dev.c).
 */
async function tryStamps({ descriptor, name }: LoopbackEndpoint, generation: number, flags: number): Promise<Verdict> {
  const wanted = generation | LINUX.SOF_TIMESTAMPING_SOFTWARE;
  const set = native().setIntegerOption(descriptor, LINUX.SOL_SOCKET, LINUX.SO_TIMESTAMPING, wanted);
  if (set < 0) return refused(`setsockopt SO_TIMESTAMPING=${wanted}`, set);
  let sent = 0;
  const found = await seen(() => {
    sent = native().sendMessage(descriptor, new Uint8Array(8), name, null, 0);
    return sent < 0 || receivesControl(descriptor, flags, LINUX.SOL_SOCKET, LINUX.SCM_TIMESTAMPING);
  });
  if (sent < 0) return refused('sendmsg 127.0.0.1', sent);
  return found ? ALLOWED : missing('the kernel took SO_TIMESTAMPING and gave no stamp on loopback');
}

function missing(reason: string): Verdict {
  return { allowed: false, reason, mend: null };
}

/** Looks until there is something to see, or nothing will come. */
async function seen(look: () => boolean): Promise<boolean> {
  for (let looks = 0; looks < LOOKS; looks++) {
    if (look()) return true;
    await pause(1);
  }
  return false;
}

/** Whether one of the messages that wait has such a control message. */
function receivesControl(descriptor: number, flags: number, level: number, type: number): boolean {
  const control = new Uint8Array(CONTROL_BYTES);
  const received = { length: 0, flags: 0, nameLength: 0, controlLength: 0 };
  let found = false;
  while (!found && native().receiveMessage(descriptor, new Uint8Array(64), null, control, flags, received) >= 0) {
    walkControlMessages(control, 0, received.controlLength, (messageLevel, messageType) => {
      found ||= messageLevel === level && messageType === type;
    });
  }
  return found;
}
