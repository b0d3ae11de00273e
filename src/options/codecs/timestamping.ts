import { LINUX } from '../../wire/constants.generated.js';
import type { Codec } from '../codec.js';
import { OptionValueError } from '../option-value-error.js';
import type { Flags, FlagsInput } from './bits.js';
import { i32 } from './field.js';
import { flags } from './named.js';

const TIMESTAMPING_FLAGS = {
  'tx-hardware': LINUX.SOF_TIMESTAMPING_TX_HARDWARE,
  'tx-software': LINUX.SOF_TIMESTAMPING_TX_SOFTWARE,
  'rx-hardware': LINUX.SOF_TIMESTAMPING_RX_HARDWARE,
  'rx-software': LINUX.SOF_TIMESTAMPING_RX_SOFTWARE,
  software: LINUX.SOF_TIMESTAMPING_SOFTWARE,
  'sys-hardware': LINUX.SOF_TIMESTAMPING_SYS_HARDWARE,
  'raw-hardware': LINUX.SOF_TIMESTAMPING_RAW_HARDWARE,
  'opt-id': LINUX.SOF_TIMESTAMPING_OPT_ID,
  'tx-sched': LINUX.SOF_TIMESTAMPING_TX_SCHED,
  'tx-ack': LINUX.SOF_TIMESTAMPING_TX_ACK,
  'opt-cmsg': LINUX.SOF_TIMESTAMPING_OPT_CMSG,
  'opt-tsonly': LINUX.SOF_TIMESTAMPING_OPT_TSONLY,
  'opt-stats': LINUX.SOF_TIMESTAMPING_OPT_STATS,
  'opt-pktinfo': LINUX.SOF_TIMESTAMPING_OPT_PKTINFO,
  'opt-tx-swhw': LINUX.SOF_TIMESTAMPING_OPT_TX_SWHW,
  'bind-phc': LINUX.SOF_TIMESTAMPING_BIND_PHC,
  'opt-id-tcp': LINUX.SOF_TIMESTAMPING_OPT_ID_TCP,
  'opt-rx-filter': LINUX.SOF_TIMESTAMPING_OPT_RX_FILTER,
  'tx-completion': LINUX.SOF_TIMESTAMPING_TX_COMPLETION,
} as const;

/** A flag of SO_TIMESTAMPING: `rx-software` for SOF_TIMESTAMPING_RX_SOFTWARE. */
export type TimestampingFlag = keyof typeof TIMESTAMPING_FLAGS;

/** Flags, or with them the index of the PTP clock that `bind-phc` asks for. */
export type TimestampingInput =
  | FlagsInput<TimestampingFlag>
  | { flags: FlagsInput<TimestampingFlag>; bind_phc: number };

const codec = flags<TimestampingFlag>(TIMESTAMPING_FLAGS);

/** `struct so_timestamping`, or the int of its flags alone; read, the flags. */
export const timestamping: Codec<Flags<TimestampingFlag>, TimestampingInput> = {
  shape: `${codec.shape} | { flags; bind_phc: number }`,
  size: LINUX.sizeof_so_timestamping,
  encode(value, context) {
    if (typeof value === 'number' || Array.isArray(value)) return codec.encode(value, context);
    if (typeof value !== 'object' || value === null || !('bind_phc' in value)) {
      throw new OptionValueError(context.name, value, `allowed is ${this.shape}`);
    }
    const bytes = new Uint8Array(LINUX.sizeof_so_timestamping);
    bytes.set(codec.encode(value.flags, context), LINUX.offsetof_so_timestamping_flags);
    i32.write(bytes, LINUX.offsetof_so_timestamping_bind_phc, value.bind_phc, context);
    return bytes;
  },
  decode: bytes => codec.decode(bytes.subarray(LINUX.offsetof_so_timestamping_flags)),
};
