import { hostUint32, setHostUint32 } from '../../wire/byte-order.js';
import { LINUX } from '../../wire/constants.generated.js';
import { requireBytes } from '../../wire/wire-format-error.js';
import type { Codec } from '../codec.js';
import { OptionValueError } from '../option-value-error.js';
import { flag, i32, inMilliseconds, u64 } from './field.js';
import { structure } from './structure.js';

/** `struct linger`, with the time in milliseconds (whole seconds). */
export const linger = structure({
  name: 'linger',
  size: LINUX.sizeof_linger,
  members: {
    onoff: [LINUX.offsetof_linger_l_onoff, flag],
    linger: [
      LINUX.offsetof_linger_l_linger,
      {
        ...inMilliseconds(i32, 1 / 1000),
        write(bytes, at, value, { name }) {
          if (
            typeof value !== 'number' ||
            !Number.isInteger(value / 1000) ||
            value < 0 ||
            value > (2 ** 31 - 1) * 1000
          ) {
            throw new OptionValueError(name, value, 'allowed are milliseconds in steps of 1000, from 0');
          }
          setHostUint32(bytes, at, value / 1000);
        },
      },
    ],
  },
});

/** Two 64-bit numbers on every 64-bit platform: `struct timeval`, and `struct __kernel_sock_timeval` of the _NEW options. */
const TIMEVAL_SIZE = LINUX.sizeof_timeval;
const MICROSECONDS = TIMEVAL_SIZE / 2;
/** The kernel refuses no more than this; MAX_SCHEDULE_TIMEOUT, beyond it, means for ever. */
const GREATEST = 2 ** 31 * 1000;

/** `struct timeval` as milliseconds with a fraction; 0 is no limit. */
export const timeval: Codec<number> = {
  shape: 'number',
  range: [0, GREATEST],
  size: TIMEVAL_SIZE,
  encode(value, { name }) {
    if (typeof value !== 'number' || !(value >= 0 && value <= GREATEST)) {
      throw new OptionValueError(name, value, `allowed are 0 to ${GREATEST} ms; 0 is no limit`);
    }
    const microseconds = Math.round(value * 1000);
    const bytes = new Uint8Array(TIMEVAL_SIZE);
    u64.write(bytes, 0, Math.floor(microseconds / 1e6), { name });
    setHostUint32(bytes, MICROSECONDS, microseconds % 1e6);
    return bytes;
  },
  decode(bytes) {
    requireBytes('timeval', 0, bytes.length, TIMEVAL_SIZE);
    return u64.read(bytes, 0) * 1000 + hostUint32(bytes, MICROSECONDS) / 1000;
  },
};
