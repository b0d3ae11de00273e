import { setHostUint16, setHostUint32 } from '../../wire/byte-order.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { Codec, EncodeContext } from '../codec.js';
import { OptionValueError } from '../option-value-error.js';
import { type EndpointInput, type InterfaceInput, requireAddress, requireInterface, socketAddress } from './address.js';
import { requireBytesOf } from './bytes.js';
import { u32 } from './field.js';
import { enumeration } from './named.js';
import { structure } from './structure.js';

/** A key of the TCP MD5 signature option (RFC 2385) for one peer, or for a prefix of peers. */
export interface Md5Signature {
  /** The peer; its port does not count. */
  addr: EndpointInput;
  /** 1 to 80 bytes; text is taken as UTF-8. Empty: the key is taken away. */
  key: string | Uint8Array;
  /** Bits of the address that count, with TCP_MD5SIG_EXT only. Default: all. */
  prefixlen?: number;
  /** The interface for which the key counts, with TCP_MD5SIG_EXT only. */
  ifindex?: InterfaceInput;
}

function encodeMd5(value: Md5Signature, context: EncodeContext, extended: boolean): Uint8Array {
  if (typeof value !== 'object' || typeof value?.addr !== 'object' || value.addr === null) {
    throw new OptionValueError(context.name, value, 'allowed is { addr: { address }, key }');
  }
  const { prefixlen, ifindex } = value;
  if (!extended && (prefixlen !== undefined || ifindex !== undefined)) {
    throw new OptionValueError(context.name, value, 'prefixlen and ifindex are for TCP_MD5SIG_EXT');
  }
  const bytes = new Uint8Array(LINUX.sizeof_kernel_tcp_md5sig);
  socketAddress.write(bytes, LINUX.offsetof_kernel_tcp_md5sig_tcpm_addr, value.addr, context);
  writeKey(bytes, value.key, context);
  if (prefixlen !== undefined) {
    const most = requireAddress(value.addr.address, context).family === 4 ? 32 : 128;
    if (!Number.isInteger(prefixlen) || prefixlen < 0 || prefixlen > most) {
      throw new OptionValueError(`${context.name}.prefixlen`, prefixlen, `allowed is a whole number from 0 to ${most}`);
    }
    bytes[LINUX.offsetof_kernel_tcp_md5sig_tcpm_prefixlen] = prefixlen;
  }
  if (ifindex !== undefined) {
    setHostUint32(bytes, LINUX.offsetof_kernel_tcp_md5sig_tcpm_ifindex, requireInterface(ifindex, context));
  }
  bytes[LINUX.offsetof_kernel_tcp_md5sig_tcpm_flags] =
    (prefixlen === undefined ? 0 : LINUX.TCP_MD5SIG_FLAG_PREFIX) |
    (ifindex === undefined ? 0 : LINUX.TCP_MD5SIG_FLAG_IFINDEX);
  return bytes;
}

function writeKey(bytes: Uint8Array, key: string | Uint8Array, context: EncodeContext): void {
  const keyBytes = typeof key === 'string' ? new TextEncoder().encode(key) : key;
  requireBytesOf(keyBytes, 0, LINUX.TCP_MD5SIG_MAXKEYLEN, { ...context, name: `${context.name}.key` });
  setHostUint16(bytes, LINUX.offsetof_kernel_tcp_md5sig_tcpm_keylen, keyBytes.length);
  bytes.set(keyBytes, LINUX.offsetof_kernel_tcp_md5sig_tcpm_key);
}

function md5Signature(extended: boolean): Codec<never, Md5Signature> {
  const more = extended ? '; prefixlen?: number; ifindex?: string | number' : '';
  return {
    shape: `{ addr: { address: string }; key: string | Uint8Array${more} }`,
    size: LINUX.sizeof_kernel_tcp_md5sig,
    encode: (value, context) => encodeMd5(value, context, extended),
    decode(bytes): never {
      throw new TypeError(`keys cannot be read: ${bytes.length} bytes`);
    },
  };
}

/** `struct tcp_md5sig`, for one peer. */
export const md5Key = md5Signature(false);

/** `struct tcp_md5sig`, for a prefix of peers or an interface. */
export const md5KeyExtended = md5Signature(true);

/** `struct tcp_repair_window`. */
export const repairWindow = structure({
  name: 'tcp_repair_window',
  size: LINUX.sizeof_tcp_repair_window,
  members: {
    snd_wl1: [LINUX.offsetof_tcp_repair_window_snd_wl1, u32],
    snd_wnd: [LINUX.offsetof_tcp_repair_window_snd_wnd, u32],
    max_window: [LINUX.offsetof_tcp_repair_window_max_window, u32],
    rcv_wnd: [LINUX.offsetof_tcp_repair_window_rcv_wnd, u32],
    rcv_wup: [LINUX.offsetof_tcp_repair_window_rcv_wup, u32],
  },
});

export const repairMode = enumeration({
  off: LINUX.TCP_REPAIR_OFF,
  on: LINUX.TCP_REPAIR_ON,
  'off-without-window-probe': LINUX.TCP_REPAIR_OFF_NO_WP,
});

export const repairQueue = enumeration({
  none: LINUX.TCP_NO_QUEUE,
  receive: LINUX.TCP_RECV_QUEUE,
  send: LINUX.TCP_SEND_QUEUE,
});

/** TCP_FASTOPEN_KEY_LENGTH of include/net/tcp.h. */
const FAST_OPEN_KEY = 16;

/** One key of Fast Open, or the one in use and the one before it. */
export const fastOpenKey: Codec<Uint8Array> = {
  shape: 'Uint8Array',
  size: 2 * FAST_OPEN_KEY,
  encode(value, context) {
    const key = requireBytesOf(value, FAST_OPEN_KEY, 2 * FAST_OPEN_KEY, context);
    if (key.length % FAST_OPEN_KEY !== 0) {
      throw new OptionValueError(context.name, value, `allowed are one or two keys of ${FAST_OPEN_KEY} bytes`);
    }
    return key;
  },
  decode: bytes => bytes.slice(),
};

/** TCP_CA_NAME_MAX of include/net/tcp.h, with the NUL. */
export const CONGESTION_NAME_SIZE = 16;
