import { hostUint16, hostUint32, setHostUint16 } from '../../wire/byte-order.js';
import { LINUX } from '../../wire/constants.generated.js';
import { type ErrnoName, errnoName } from '../../wire/errno.js';
import { requireBytes } from '../../wire/wire-format-error.js';
import type { Codec } from '../codec.js';
import { OptionValueError } from '../option-value-error.js';
import { i32, named, namedBits, u32, wide64 } from './field.js';
import { intBytes, readInt } from './integer.js';
import { structure } from './structure.js';

/** An option that does something when it is set, whatever the value: SO_DETACH_FILTER. */
export const trigger: Codec<never, true> = {
  shape: 'true',
  size: 4,
  transport: 'bytes',
  encode(value, { name }) {
    if (value !== true) throw new OptionValueError(name, value, 'allowed is true: setting the option does it');
    return intBytes(1);
  },
  decode(bytes): never {
    throw new TypeError(`an option that is only set was read: ${bytes.length} bytes`);
  },
};

/** A pending error by name, or 0 for none: SO_ERROR. */
export const pendingError: Codec<ErrnoName | number> = {
  shape: "'ECONNREFUSED' | ... | 0",
  size: 4,
  encode(value, { name }) {
    throw new OptionValueError(name, value, 'it can only be read');
  },
  decode(bytes) {
    const errno = readInt(bytes);
    return errnoName(errno) ?? errno;
  },
};

/** A number of 64 bits without arithmetic meaning: SO_COOKIE. */
export const cookie: Codec<bigint> = {
  shape: wide64.shape,
  size: wide64.size,
  encode(value, context) {
    const bytes = new Uint8Array(wide64.size);
    wide64.write(bytes, 0, value, context);
    return bytes;
  },
  decode(bytes) {
    requireBytes('cookie', 0, bytes.length, wide64.size);
    return wide64.read(bytes, 0);
  },
};

/** Bytes a second in an unsigned long, of which the greatest means no limit: SO_MAX_PACING_RATE (Linux 5.0: 64 bits). */
export const rate: Codec<number> = {
  shape: 'number',
  range: [0, Number.POSITIVE_INFINITY],
  size: 8,
  encode(value, { name }) {
    if (typeof value !== 'number' || !(value >= 0)) {
      throw new OptionValueError(name, value, 'allowed is a number from 0; Infinity is no limit');
    }
    const whole = value > Number.MAX_SAFE_INTEGER ? (1n << 64n) - 1n : BigInt(Math.round(value));
    return cookie.encode(whole, { name });
  },
  decode(bytes) {
    const value = cookie.decode(bytes);
    return value === (1n << 64n) - 1n ? Number.POSITIVE_INFINITY : Number(value);
  },
};

/** `struct ucred`: unix(7). */
export const credentials = structure({
  name: 'ucred',
  size: LINUX.sizeof_ucred,
  members: {
    pid: [LINUX.offsetof_ucred_pid, i32],
    uid: [LINUX.offsetof_ucred_uid, u32],
    gid: [LINUX.offsetof_ucred_gid, u32],
  },
});

/** NGROUPS_MAX of linux/limits.h. */
const MOST_GROUPS = 65536;

/** Group ids: SO_PEERGROUPS. */
export const groupIds: Codec<number[]> = numbers(MOST_GROUPS);

/** Numbers of 32 bits, one after another. */
export function numbers(most: number): Codec<number[]> {
  return {
    shape: 'number[]',
    size: most * 4,
    encode(value, { name }) {
      throw new OptionValueError(name, value, 'it can only be read');
    },
    decode: bytes => Array.from({ length: bytes.length >> 2 }, (_, index) => hostUint32(bytes, index * 4)),
  };
}

/** What the socket's buffers hold: linux/sock_diag.h, SK_MEMINFO_*, in bytes but for `drops`. */
export const memoryInfo = structure({
  name: 'SO_MEMINFO',
  size: 4 * (LINUX.SK_MEMINFO_DROPS + 1),
  members: {
    rmem_alloc: [4 * LINUX.SK_MEMINFO_RMEM_ALLOC, u32],
    rcvbuf: [4 * LINUX.SK_MEMINFO_RCVBUF, u32],
    wmem_alloc: [4 * LINUX.SK_MEMINFO_WMEM_ALLOC, u32],
    sndbuf: [4 * LINUX.SK_MEMINFO_SNDBUF, u32],
    fwd_alloc: [4 * LINUX.SK_MEMINFO_FWD_ALLOC, u32],
    wmem_queued: [4 * LINUX.SK_MEMINFO_WMEM_QUEUED, u32],
    optmem: [4 * LINUX.SK_MEMINFO_OPTMEM, u32],
    backlog: [4 * LINUX.SK_MEMINFO_BACKLOG, u32],
  },
  optional: { drops: [4 * LINUX.SK_MEMINFO_DROPS, u32] },
});

/** `struct sock_txtime`: linux/net_tstamp.h. */
export const transmitTime = structure({
  name: 'sock_txtime',
  size: LINUX.sizeof_sock_txtime,
  members: {
    clockid: [
      LINUX.offsetof_sock_txtime_clockid,
      named(u32, { realtime: LINUX.CLOCK_REALTIME, monotonic: LINUX.CLOCK_MONOTONIC, tai: LINUX.CLOCK_TAI }),
    ],
  },
  optional: {
    flags: [
      LINUX.offsetof_sock_txtime_flags,
      namedBits(u32, {
        'deadline-mode': LINUX.SOF_TXTIME_DEADLINE_MODE,
        'report-errors': LINUX.SOF_TXTIME_REPORT_ERRORS,
      }),
    ],
  },
});

/** A range of ports, both ends in it, in one u32: IP_LOCAL_PORT_RANGE (ip(7)). An end that is 0 is the sysctl's. */
export const portRange: Codec<readonly [number, number]> = {
  shape: '[number, number]',
  size: 4,
  encode(value, { name }) {
    const [low = -1, high = -1] = Array.isArray(value) ? value : [];
    const isPort = (port: number) => Number.isInteger(port) && port >= 0 && port <= 65535;
    if (!isPort(low) || !isPort(high) || (low > high && high !== 0)) {
      throw new OptionValueError(name, value, 'allowed is [low, high], ports from 0 to 65535, low first');
    }
    const bytes = new Uint8Array(4);
    setHostUint16(bytes, 0, low);
    setHostUint16(bytes, 2, high);
    return bytes;
  },
  decode(bytes) {
    requireBytes('port range', 0, bytes.length, 4);
    return [hostUint16(bytes, 0), hostUint16(bytes, 2)];
  },
};
